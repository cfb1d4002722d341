// Counts down to the opening by the server's clock, then loads the page once. The load is spread
// over two seconds, so that a thousand phones do not knock at the same millisecond.

const shown = document.querySelector("[data-opens]");
const SPREAD_MS = 2000;
const DAY_S = 86400;

if (shown) {
  const ahead = Date.parse(shown.dataset.now) - Date.now();
  const opens = Date.parse(shown.dataset.opens);
  const wait = 300 + Math.random() * SPREAD_MS;
  const two = (number) => String(number).padStart(2, "0");
  const timer = setInterval(() => {
    const left = Math.ceil((opens - Date.now() - ahead) / 1000);
    if (left <= 0) {
      clearInterval(timer);
      shown.textContent = "0:00:00";
      setTimeout(() => location.reload(), wait);
      return;
    }
    const days = Math.floor(left / DAY_S);
    const rest = left % DAY_S;
    const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
    shown.textContent = days ? `${shown.dataset.day.replace("{n}", String(days))} ${clock}` : clock;
  }, 250);
}
