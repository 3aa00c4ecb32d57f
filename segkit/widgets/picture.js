// Shows HTML. A press on an element with data-pick, by mouse or by Enter and the space bar, sends what it stands for to the kernel.
function render({ model, el }) {
  el.classList.add("segkit-picture-view");
  const show = () => {
    const focused = el.contains(document.activeElement) ? document.activeElement.dataset.pick : undefined;
    el.innerHTML = model.get("value");
    for (const part of el.querySelectorAll("[data-pick]")) {
      Object.assign(part.style, { cursor: "pointer" });
      part.setAttribute("tabindex", "0");
      part.setAttribute("role", "button");
      if (part.dataset.pick === focused) part.focus();
    }
  };
  const pick = (event) => {
    const part = event.target.closest("[data-pick]");
    if (part) model.send({ pick: part.dataset.pick });
    return part;
  };
  el.addEventListener("click", pick);
  el.addEventListener("keydown", (event) => {
    if (!["Enter", " "].includes(event.key)) return;
    event.stopPropagation(); // JupyterLab would take the key away
    if (pick(event)) event.preventDefault();
  });
  model.on("change:value", show);
  show();
  return () => model.off("change:value", show);
}
export default { render };
