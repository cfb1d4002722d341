// What the numbers of a timetable come to, while they are typed, and more days than one.

const SPAN = /^(?:([0-9]{1,2})時間)?(?:([0-9]{1,3})分?|(半))?(?:ごと|毎|おき)?$/;

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
  const length = span((form.elements.minutes ?? document.querySelector("[name=minutes]")).value);
  const step = span(every.value);
  const rest = form.elements.break.checked ? [minute(from), minute(until)] : [0, 0];
  const found = [];
  if (!(step >= 5 && length >= 5)) return found;
  for (let at = minute(first); at <= minute(last); at += step) {
    if (!(at < rest[1] && at + length > rest[0])) found.push(at);
  }
  return found;
}

/** Minutes as most people write them: 30, ３０分, 1時間, 1時間半, 1時間30分, 30分ごと. NaN for the rest of
 *  what tour/words/amounts.py reads: then nothing is counted here, rather than wrongly. */
function span(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "");
  const [, hours, minutes, half] = plain.match(SPAN) ?? [];
  if (!hours && !minutes) return NaN;
  return Number(hours ?? 0) * 60 + Number(minutes ?? (half ? 30 : 0));
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
