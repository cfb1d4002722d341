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
  results.replaceChildren(...fresh.childNodes);
  results.dataset.places = fresh.dataset.places ?? "";
  // A town of one language has no such menu.
  document.querySelector(".menu__list")?.replaceChildren(...page.querySelector(".menu__list").childNodes);
  document.getElementById("results-said").textContent = results.querySelector("h2").textContent;
  history.replaceState(null, "", url);
  document.dispatchEvent(new CustomEvent("tour:results", { detail: fresh.dataset.places }));
}

export function refineInPlace() {
  const form = document.querySelector("form[data-results]");
  let asked = new AbortController();
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
