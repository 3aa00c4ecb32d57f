// A click asks the kernel for the file. The bytes come back once, become a Blob for the browser to save, and are released.
function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button segkit-download";
  button.textContent = model.get("description");
  button.style.width = "auto";
  const message = document.createElement("span");
  message.setAttribute("role", "alert");
  const showMessage = () => { message.textContent = model.get("message"); };
  button.addEventListener("click", () => model.send({ kind: "build" }));
  model.on("change:message", showMessage);
  const save = (content, buffers) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([buffers[0]], { type: "text/csv" }));
    link.download = content.name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    message.textContent = ` ${content.said} Downloaded at ${new Date().toTimeString().slice(0, 5)}.`;
  };
  model.on("msg:custom", save);
  showMessage();
  el.append(button, message);
  return () => { model.off("msg:custom", save); model.off("change:message", showMessage); };
}
export default { render };
