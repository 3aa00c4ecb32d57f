// A click asks the kernel for the file. The bytes come back once, become a Blob for the browser to save, and are released.
function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button segkit-download";
  button.textContent = model.get("description");
  button.style.width = "auto";
  const message = document.createElement("span");
  message.setAttribute("role", "alert");
  const showMessage = () => { message.textContent = model.get("message"); };
  const view = viewName();
  button.addEventListener("click", () => model.send({ kind: "build", view }));
  model.on("change:message", showMessage);
  const receive = (content, buffers) => {
    if (content.view === view) message.textContent = ` ${content.said} ${save(content.name, buffers[0])}`;
  };
  model.on("msg:custom", receive);
  showMessage();
  el.append(button, message);
  return () => { model.off("msg:custom", receive); model.off("change:message", showMessage); };
}
export default { render };
