// Search without leaving the page, and from where the reader stands.
// A tap on a kind changes the list, and the map, where they stand: the reader's place, the focus and
// what is typed stay. Without this script the form's button asks for the page anew.

function address(form) {
  const chosen = [...new FormData(form)].filter(([, value]) => value);
  return `${form.getAttribute("action")}?${new URLSearchParams(/** @type {[string, string][]} */ (chosen))}`;
}

async function fetchPage(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function show(page, url) {
  const fresh = page.getElementById("results");
  const results = document.getElementById("results");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const now = page.querySelector(`[data-fresh="${old.dataset.fresh}"]`);
    old.textContent = now?.textContent ?? "";
    old.hidden = now?.hidden ?? true;
  }
  results.replaceChildren(...fresh.childNodes);
  for (const name of ["places", "pages", "shown"]) {
    if (name in fresh.dataset) results.dataset[name] = fresh.dataset[name];
    else delete results.dataset[name];
  }
  sayHowMany();
  // A town of one language has no such menu.
  document.querySelector(".menu__list")?.replaceChildren(...page.querySelector(".menu__list").childNodes);
  document.getElementById("results-said").textContent = results.querySelector("h2").textContent;
  history.replaceState(history.state, "", url);
  document.dispatchEvent(new CustomEvent("tour:results", { detail: fresh.dataset.places }));
}

/** The button of the choices says what it shows: of what is chosen, at any moment. */
function sayHowMany() {
  const [button, word] = ["[data-show-results]", "[data-fresh='show']"].map((found) => document.querySelector(found));
  if (button && word?.textContent) button.textContent = word.textContent;
}

/** On a phone the choices are a sheet over the list, which changes below it with every choice. */
function openChoices(form) {
  const box = form.querySelector(".filters--sheet");
  if (!box) return;
  const close = () => {
    box.open = false;
    box.querySelector("summary").focus();
  };
  const isSheet = () => getComputedStyle(box.querySelector(".filters__body")).position === "fixed";
  box.addEventListener("keydown", (event) => { if (event.key === "Escape" && box.open) close(); });
  box.querySelector("[data-close-filters]").addEventListener("click", close);
  // Beside the sheet lies the page, darkened.
  box.addEventListener("click", (event) => { if (event.target === box && isSheet()) close(); });
  box.addEventListener("toggle", () => { if (box.open && isSheet()) box.querySelector("[data-close-filters]").focus(); });
  box.querySelector("[data-show-results]").addEventListener("click", (event) => {
    if (!isSheet()) return;
    event.preventDefault();
    close();
  });
  sayHowMany();
}

export function refineInPlace() {
  const form = document.querySelector("form[data-results]");
  let asked = new AbortController();
  if (form) openChoices(form);
  form?.addEventListener("change", async (event) => {
    if (!event.target.closest("[data-submit-on-change]")) return;
    asked.abort();
    asked = new AbortController();
    const url = address(form);
    try {
      show(await fetchPage(url, asked.signal), url);
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit();
    }
  });
}

/** "Nearest first" asks for the position once, and rounds it to a block or so: it ends in an address. */
export function searchNearMe() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-near-me]");
    if (!button) return;
    const said = document.getElementById("results-said");
    const go = ({ coords }) => {
      const url = new URL(location.href);
      url.searchParams.set("near", `${coords.longitude.toFixed(3)},${coords.latitude.toFixed(3)}`);
      url.searchParams.delete("page");
      location.assign(url);
    };
    const refused = () => {
      said.textContent = button.dataset.refused;
      said.className = "notice notice--warning";
    };
    if (navigator.geolocation) navigator.geolocation.getCurrentPosition(go, refused, { timeout: 10000 });
    else refused();
  });
}
