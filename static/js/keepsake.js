// The card of a session that one was at, as a picture: drawn here, of what the page shows, so that it has no
// more on it than that. Without this script its link keeps the scene alone.

const [WIDTH, SCENE, EDGE] = [1200, 675, 72];
/** The size of each line's letters: the session, the place, the day, the town. */
const SIZES = [72, 44, 44, 36];

/** Breaks a text where it is too long for the card; words where there are any, else letters. */
function broken(pen, text) {
  const parts = text.includes(" ") ? text.split(/(?<= )/) : [...text];
  const lines = [""];
  for (const part of parts) {
    const longer = lines.at(-1) + part;
    if (lines.at(-1) && pen.measureText(longer.trim()).width > WIDTH - 2 * EDGE) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.trim());
}

/** Every line of the card with the size of its letters. */
function linesOf(pen, texts, family) {
  return texts.flatMap((text, number) => {
    const size = SIZES[number];
    const font = `${number ? 400 : 700} ${size}px ${family}`;
    pen.font = font;
    return broken(pen, text).map((line) => ({ line, size, font }));
  });
}

/** A drawing fits itself into the frame; a photo fills it as `object-fit: cover` does. */
function drawScene(pen, image) {
  if (new URL(image.currentSrc).pathname.endsWith(".svg")) {
    pen.drawImage(image, 0, 0, WIDTH, SCENE);
    return;
  }
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const scale = Math.max(WIDTH / width, SCENE / height);
  const [w, h] = [WIDTH / scale, SCENE / scale];
  pen.drawImage(image, (width - w) / 2, (height - h) / 2, w, h, 0, 0, WIDTH, SCENE);
}

async function picture(card, brand) {
  const image = card.querySelector("img");
  await image.decode();
  const { color, backgroundColor, fontFamily } = getComputedStyle(card);
  const canvas = document.createElement("canvas");
  const texts = [...card.querySelectorAll("figcaption p")].map((line) => line.textContent.trim());
  const lines = linesOf(canvas.getContext("2d"), [...texts, brand], fontFamily);
  const text = lines.reduce((sum, { size }) => sum + size * 1.5, 0);
  [canvas.width, canvas.height] = [WIDTH, Math.round(SCENE + text + 2 * EDGE)];
  const pen = canvas.getContext("2d");
  pen.fillStyle = backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawScene(pen, image);
  pen.fillStyle = color;
  let y = SCENE + EDGE;
  for (const { line, size, font } of lines) {
    pen.font = font;
    pen.fillText(line, EDGE, y + size);
    y += size * 1.5;
  }
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** To another app where the phone can do so, else among the files. */
async function keep(link) {
  const card = link.closest(".keepsake").querySelector("[data-keepsake-card]");
  const blob = await picture(card, link.dataset.brand);
  const file = new File([blob], "keepsake.png", { type: "image/png" });
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => {});
    return;
  }
  const saved = document.createElement("a");
  saved.href = URL.createObjectURL(blob);
  saved.download = file.name;
  saved.click();
  setTimeout(() => URL.revokeObjectURL(saved.href), 10_000);
}

for (const link of document.querySelectorAll("a[data-keepsake]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    keep(link).catch(() => location.assign(link.href));
  });
}
