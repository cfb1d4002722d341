// A course from where one stands. The position goes into the body of a request, never into an
// address: what is in an address stays in logs and in the history.

const box = document.querySelector("[data-here]");
if (box && navigator.geolocation) {
  const [button, says] = box.children;
  const form = document.querySelector("#course-start");
  const found = ({ coords }) => {
    const place = `${coords.longitude.toFixed(5)},${coords.latitude.toFixed(5)}`;
    form.elements.from.prepend(new Option(says.dataset.name, place, true, true));
    form.method = "post";
    form.submit();
  };
  const refused = () => {
    button.removeAttribute("aria-busy");
    says.textContent = says.dataset.refused;
  };
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(found, refused, { timeout: 10000, enableHighAccuracy: true });
  });
  box.hidden = false;
}
