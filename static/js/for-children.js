// What is asked only of those who bring children is shown once they do. Without scripts it stands there
// all the time, and its hint says when to answer.

export function askForChildren() {
  const children = document.querySelector("input[name=children]");
  const asked = [...document.querySelectorAll("[data-for-children]")];
  if (!children || !asked.length) return;
  const show = () => {
    const some = Number(children.value) > 0;
    for (const question of /** @type {HTMLElement[]} */ (asked)) question.hidden = !some;
  };
  children.addEventListener("change", show);
  children.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
