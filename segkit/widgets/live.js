// Shows the kernel's view. Once the kernel has sent the contents of every slot at each position of a slider, the page answers that
// slider itself, and ignores the kernel's view of the same positions, which arrives later and is equal.
const PAUSE = 250; // milliseconds without a move before the page requests missing answers for the slider that moved
const REST = 1500; // the same for all other sliders, since the kernel needs longer for these than for a move

async function render({ model, el }) {
  const find = (reference) => model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
  const controls = await Promise.all(model.get("controls").map(find));
  const stand = (control) => control.get("index") ?? control.get("value");
  const known = new Map(); // index of a control -> its answers; null if only the kernel can answer
  el.classList.add("segkit-live");
  let moved = null;
  let filled = null; // the answers that the slots on the page were filled from
  let filledRow = null;
  let slots = {};
  let timers = [];

  const show = () => {
    el.innerHTML = model.get("value");
    filled = null;
  };

  const answer = () => {
    const answers = known.get(moved);
    if (!answers) return false;
    const at = (stand(controls[moved]) - answers.low) / answers.step;
    const row = Math.round(at);
    if (!(row >= 0 && row < answers.count) || Math.abs(at - row) > 1e-6) return false;
    if (filled !== answers) {
      el.innerHTML = answers.html;
      slots = {};
      for (const element of el.querySelectorAll("[data-slot]")) slots[element.dataset.slot] = element;
      filled = answers;
      filledRow = null;
    }
    if (row !== filledRow) for (const one of answers.slots) fill(slots[one.slot], one, row);
    filledRow = row;
    return true;
  };

  const ask = (control) => {
    if (!known.has(control)) model.send({ control });
  };
  const stop = () => timers.forEach(clearTimeout);
  const rest = () => {
    stop();
    timers = [];
    if (moved !== null) timers.push(setTimeout(() => ask(moved), PAUSE));
    timers.push(setTimeout(() => controls.forEach((_, control) => ask(control)), moved === null ? PAUSE : REST));
  };

  const move = (control) => {
    moved = control;
    for (const other of [...known.keys()]) if (other !== control) known.delete(other);
    answer();
    rest();
  };
  const hear = (message) => {
    const { control, stand: stood, answers } = message;
    const still = stood.every((value, other) => other === control || same(value, stand(controls[other])));
    if (still) known.set(control, answers);
  };
  const update = () => {
    if (!answer()) show();
  };

  const moves = controls.map((_, control) => () => move(control));
  controls.forEach((one, control) => one.on("change:value change:index", moves[control]));
  model.on("change:value", update);
  model.on("msg:custom", hear);
  show();
  rest();
  return () => {
    stop();
    controls.forEach((one, control) => one.off("change:value change:index", moves[control]));
    model.off("change:value", update);
    model.off("msg:custom", hear);
  };
}

function fill(element, one, row) {
  if (!element) return;
  const text = one.pieces ? drawing(one, row) : one.prefix + one.middles[row] + one.suffix;
  if (one.attribute) element.setAttribute(one.attribute, text);
  else element.textContent = text;
}

function drawing({ pieces, rows }, row) {
  const [runs, cut] = rows[row];
  let drawn = cut;
  for (let i = 0; i < runs.length; i += 2) drawn += pieces.slice(runs[i], runs[i + 1]).join("");
  return drawn;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

export default { render };
