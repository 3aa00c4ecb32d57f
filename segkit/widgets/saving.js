// What the tuner and the download button share: names of views, and files for the browser to save.

// A name for one view of a widget. A widget may be shown in several views, all of which hear what the kernel sends, so a press sends the
// name of its view, and only that view acts on the answer.
function viewName() {
  return Math.random().toString(36).slice(2);
}

function save(name, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "text/csv" }));
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  return `Downloaded at ${new Date().toTimeString().slice(0, 5)}.`;
}

