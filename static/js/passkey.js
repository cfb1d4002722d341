// Signing in with a passkey, and making one (WebAuthn). Without scripts the link by mail is there.

const box = document.querySelector("[data-passkey]");
const canParse = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;

if (box && canParse) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => run(box));
}

async function run({ dataset }) {
  const button = box.querySelector("button");
  const problem = box.querySelector("[role=alert]");
  button.disabled = true;
  problem.hidden = true;
  try {
    const options = await post(dataset.passkey, {});
    const credential = "make" in dataset ? await make(options) : await ask(options);
    const answer = await post(dataset.send, { credential: credential.toJSON(), next: dataset.next });
    location.assign(answer.url);
  } catch {
    problem.hidden = false;
    button.disabled = false;
  }
}

function make(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return navigator.credentials.create({ publicKey });
}

function ask(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

async function post(url, body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}
