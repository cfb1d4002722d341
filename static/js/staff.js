// The console's forms work as they are; this makes two of them quicker.

const narrow = () => {
  const box = document.querySelector("[data-narrow]");
  if (!box) return;
  const field = box.querySelector("input");
  const rows = [...document.querySelectorAll("tr[data-name]")];
  box.hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.normalize("NFKC").toLowerCase().trim();
    for (const row of rows) row.hidden = !row.dataset.name.normalize("NFKC").toLowerCase().includes(wanted);
  });
  // Enter would save the whole form while somebody is only looking for a name.
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
};

const course = () => {
  const form = document.querySelector("form[data-course]");
  if (!form) return;
  const choices = [...form.querySelectorAll("[data-stop] select")];
  const total = form.querySelector("[data-walk]");
  let asked = "";

  const measure = async () => {
    const chosen = choices.filter((choice) => choice.value);
    const query = new URLSearchParams(chosen.map((choice) => ["stop", choice.value]));
    if (`${query}` === asked) return;
    asked = `${query}`;
    const mine = asked;
    const response = await fetch(`${form.dataset.course}?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok || mine !== asked) return;
    const walk = await response.json();
    total.textContent = walk.text;
    for (const choice of choices) choice.closest("[data-stop]").querySelector("[data-leg]").textContent = "";
    chosen.slice(1).forEach((choice, n) => {
      choice.closest("[data-stop]").querySelector("[data-leg]").textContent = walk.legs[n] ? `↑ ${walk.legs[n]}` : "";
    });
  };

  const add = (slug) => {
    const free = choices.find((choice) => !choice.value);
    if (!free || ![...free.options].some((option) => option.value === slug)) return;
    free.value = slug;
    measure();
  };

  form.addEventListener("change", measure);
  form.querySelector("[data-pick-hint]").hidden = false;
  form.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.map-card__name");
    if (!link) return;
    event.preventDefault();
    add(link.pathname.split("/").pop());
    // Out of the way of the next pin.
    link.closest(".leaflet-popup")?.querySelector(".leaflet-popup-close-button")?.click();
  });
  measure();
};

narrow();
course();
