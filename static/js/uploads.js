// Photos are made small before they are sent, and what is too large is said before, not after.
// Without this script the form sends what was chosen, and the server says the same.

const LONG_SIDE = 2400; // pixels; the server keeps 1600
const QUALITY = 0.85;
const SMALL = 1_500_000; // bytes: sent as it is
const TAKEN = ["image/jpeg", "image/png", "image/webp"]; // and HEIC, which few browsers open

for (const form of document.querySelectorAll("form[data-uploads]")) watch(form);

/** Between the button and the sending: smaller files take the place of what was chosen. */
function watch(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const said = document.createElement("p");
  said.className = "field__hint";
  said.setAttribute("role", "status");
  input.after(said);
  let state = "chosen";
  const begin = () => { state = "chosen"; said.textContent = ""; };
  input.addEventListener("change", begin);
  // The page may come back from the browser's cache as it was left.
  addEventListener("pageshow", begin);
  form.addEventListener("submit", async (event) => {
    if (!input.files.length || state === "ready") return;
    event.preventDefault();
    if (state === "busy") return;
    state = "busy";
    // A form cannot be sent while it is being told that it is.
    await new Promise((done) => setTimeout(done));
    if (input.accept.includes("image/")) await makeSmall(input, (n, all) => {
      said.textContent = form.dataset.making.replace("{n}", n).replace("{all}", all);
    });
    const problem = tooLarge(form.dataset, input.files);
    state = problem ? "chosen" : "ready";
    said.className = problem ? "field__error" : "field__hint";
    said.textContent = problem || form.dataset.sending.replace("{size}", words(total(input.files)));
    if (!problem) form.requestSubmit(event.submitter);
  });
}

async function makeSmall(input, tell) {
  const made = new DataTransfer();
  const chosen = [...input.files];
  for (const [index, file] of chosen.entries()) {
    tell(index + 1, chosen.length);
    made.items.add(await smaller(file));
  }
  input.files = made.files;
}

/** The photo as an upright JPEG, or as it is where it is small, or cannot be opened here. */
async function smaller(file) {
  const isTaken = TAKEN.includes(file.type);
  if (isTaken && file.size <= SMALL) return file;
  try {
    const blob = await drawn(await opened(file));
    if (!blob || (isTaken && blob.size >= file.size)) return file;
    return new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: blob.type });
  } catch {
    return file;
  }
}

/** Turned as it was taken. Safari opens HEIC as an image only. */
async function opened(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode().finally(() => URL.revokeObjectURL(image.src));
    return image;
  }
}

/** @returns {Promise<Blob | null>} */
function drawn(picture) {
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  // Behind what is transparent.
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}

/** Why these files are not sent; empty where nothing is wrong. */
function tooLarge({ largest, together, tooLarge: one, tooMany: all }, files) {
  const large = [...files].find((file) => file.size > Number(largest));
  if (large) return filled(one, { file: large.name, size: large.size, most: largest });
  return total(files) > Number(together) ? filled(all, { size: total(files), most: together }) : "";
}

function filled(text, { file = "", size, most }) {
  return text.replace("{file}", file).replace("{size}", words(size)).replace("{most}", words(most));
}

function total(files) {
  return [...files].reduce((sum, file) => sum + file.size, 0);
}

function words(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(1).replace(".0", "")} MB`;
}
