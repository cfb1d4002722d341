// What the numbers of a timetable come to, while they are typed, and more days than one.

for (const form of document.querySelectorAll("form")) {
  const line = form.querySelector("[data-starts]");
  if (!line) continue;
  const show = () => { line.textContent = words(line.dataset.starts, starts(form)); };
  form.addEventListener("input", show);
  show();
  addDays(form.querySelector("[data-more-days]"));
}

/** As tour/programmes/timetable.py counts them; the server has the last word. */
function starts(form) {
  const { first, last, every, break_from: from, break_until: until } = form.elements;
  const length = Number((form.elements.minutes ?? document.querySelector("[name=minutes]")).value);
  const step = Number(every.value);
  const rest = form.elements.break.checked ? [minute(from), minute(until)] : [0, 0];
  const found = [];
  if (!(step >= 5)) return found;
  for (let at = minute(first); at <= minute(last); at += step) {
    if (!(at < rest[1] && at + length > rest[0])) found.push(at);
  }
  return found;
}

function minute(input) {
  const [hours, minutes] = input.value.split(":").map(Number);
  return hours * 60 + minutes;
}

function words(template, found) {
  if (!found.length) return "";
  const times = found.map((at) => `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`);
  return template.replace("{n}", found.length).replace("{times}", times.join("  "));
}

/** A filled date field asks for the next one, up to a fortnight. */
function addDays(box) {
  box.addEventListener("change", () => {
    const fields = box.querySelectorAll("input");
    if (fields.length >= 14 || [...fields].some((field) => !field.value)) return;
    const next = fields[0].cloneNode();
    next.value = "";
    box.append(next);
  });
}
