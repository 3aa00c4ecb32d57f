// Draws a tuner: controls at the left with the histogram below, numbers and buttons at the right. Once the kernel has sent the contents of
// every slot at each position of a slider, the page answers that slider itself, and ignores the kernel's view of the same positions,
// which arrives later and is equal.
const PAUSE = 250; // milliseconds without a move before the page requests missing answers for the slider that moved
const REST = 1500; // the same for all other sliders, since the kernel needs longer for these than for a move
const TICKS = 12; // the largest number of ticks beside a list; further values are suggested while typing
const SETTLED = 600; // milliseconds without a move before the result is read out, and followers are redrawn

function render({ model, el }) {
  el.classList.add("segkit-live");
  // JupyterLab would take keys such as arrows and Enter away from sliders and fields.
  for (const kind of ["keydown", "keypress"]) el.addEventListener(kind, (event) => event.stopPropagation());
  el.innerHTML =
    '<div class="segkit-grid"><div class="segkit-left"><div class="segkit-controls"></div><div class="segkit-shown"></div></div>' +
    '<div class="segkit-right"><div class="segkit-told segkit-tuner"></div><div class="segkit-price"></div><div class="segkit-buttons"></div>' +
    '<div class="segkit-said" role="status"></div><div class="segkit-spoken" aria-live="polite" role="status"></div></div></div>';
  const part = (name) => el.querySelector(`.segkit-${name}`);
  const [shown, told, said, spoken] = ["shown", "told", "said", "spoken"].map(part);
  const known = new Map(); // index of a control -> its answers; null if only the kernel can answer
  const view = viewName();
  let moved = null;
  let filled = null; // the answers that the slots on the page were filled from
  let filledRow = null;
  let slots = {};
  let timers = [];
  let drawn = []; // the controls on the page

  const values = () => model.get("values");
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };
  const put = (html) => {
    const content = parsed(html);
    const picture = content.querySelector(".segkit-picture");
    const facts = content.querySelector(".segkit-facts") ?? content.firstElementChild;
    told.replaceChildren(...(facts ? [facts] : []));
    if (picture) shown.replaceChildren(picture);
    shown.classList.toggle("segkit-late", !picture);
    slots = {};
    for (const element of el.querySelectorAll("[data-slot]")) slots[element.dataset.slot] = element;
    cost();
  };
  const show = () => {
    filled = null;
    put(model.get("value"));
  };
  const answer = () => {
    const answers = known.get(moved);
    if (!answers) return false;
    const at = (values()[moved] - answers.low) / answers.step;
    const row = Math.round(at);
    if (!(row >= 0 && row < answers.count) || Math.abs(at - row) > 1e-6) return false;
    if (filled !== answers) {
      put(answers.html);
      filled = answers;
      filledRow = null;
    }
    if (row !== filledRow) {
      for (const one of answers.slots) fill(slots[one.slot], one, row);
      cost();
    }
    filledRow = row;
    return true;
  };
  const update = () => {
    if (!answer()) show();
  };

  const ask = (control) => {
    if (!known.has(control)) model.send({ control });
  };
  const stop = () => timers.forEach(clearTimeout);
  const rest = () => {
    stop();
    timers = [];
    if (moved !== null) timers.push(setTimeout(() => ask(moved), PAUSE));
    timers.push(setTimeout(() => values().forEach((_, control) => ask(control)), moved === null ? PAUSE : REST));
    if (moved !== null) timers.push(setTimeout(settle, SETTLED));
  };
  const settle = () => {
    if (el.querySelector(".segkit-slider:active")) return timers.push(setTimeout(settle, SETTLED));
    model.send({ rest: true, values: values() });
    const size = told.querySelector("[data-slot=size]")?.textContent;
    const may = told.querySelector("[data-slot=sendable]")?.textContent;
    if (size !== undefined) spoken.textContent = `${size} members${may === undefined ? "" : `, ${may} may be texted`}`;
  };

  const move = (control, value) => {
    if (same(values()[control], value)) return;
    const next = [...values()];
    next[control] = value;
    model.set("values", next);
    model.save_changes();
  };
  let last = values();
  const follow = () => {
    const now = values();
    const changed = now.map((value, control) => control).filter((control) => !same(now[control], last[control]));
    last = now;
    if (!changed.length) return;
    moved = changed[changed.length - 1];
    for (const other of [...known.keys()]) if (changed.length > 1 || other !== moved) known.delete(other);
    drawn.forEach((one, control) => one.set(now[control], model.get("controls")[control]));
    mark();
    said.textContent = "";
    answer();
    rest();
  };
  const mark = () => drawn.forEach((one, control) => one.element.classList.toggle("segkit-moved", control === moved));

  const describe = () => {
    const specs = model.get("controls");
    drawn.forEach((one, control) => one.describe(specs[control]));
    if (drawn.length === specs.length) return;
    drawn = specs.map((spec, control) => controlOf(spec, values()[control], (value) => move(control, value)));
    part("controls").replaceChildren(...drawn.map((one) => one.element));
  };

  const cost = () => {
    const place = told.querySelector(".segkit-cost");
    const sendable = told.querySelector("[data-slot=sendable]");
    part("price").hidden = !sendable;
    const price = model.get("price");
    if (!place || !sendable || price === null) return place?.replaceChildren();
    const count = Number(sendable.textContent.replaceAll(",", ""));
    place.textContent = `Texting them costs ${grouped(count * price, 2)} at ${price} a text.`;
  };
  const priced = document.createElement("label");
  priced.innerHTML = '<span>Price of a text</span><input type="number" class="segkit-box" min="0" step="any" placeholder="0.01">';
  priced.lastElementChild.value = model.get("price") ?? "";
  priced.lastElementChild.addEventListener("input", (event) => {
    const typed = event.target.value;
    model.set("price", typed === "" || !(Number(typed) >= 0) ? null : Number(typed));
    model.save_changes();
    cost();
  });
  part("price").append(priced);

  const press = (name, text) => {
    said.textContent = "";
    model.send({ press: name, text, view, values: values() }); // moves may still be on their way, which this message overtakes
  };
  part("buttons").append(...model.get("buttons").map((one) => buttonOf(one, press)));

  const hear = (message, buffers) => {
    if (message.forget) return forget();
    if (message.pressed !== undefined) return message.view === view ? pressed(message, buffers) : undefined;
    const { control, stand, answers } = message;
    if (stand.every((value, other) => other === control || same(value, values()[other]))) known.set(control, answers);
  };
  const forget = () => {
    known.clear();
    show();
    rest();
  };
  const pressed = async (message, buffers) => {
    said.classList.toggle("segkit-wrong", !!message.wrong);
    said.textContent = message.said;
    if (message.file) {
      said.textContent += ` ${save(message.file, buffers[0])}`;
    }
    if (message.copy !== undefined) {
      const text = document.createElement("textarea");
      text.readOnly = true;
      text.setAttribute("aria-label", "Text to copy");
      text.rows = Math.min(message.copy.split("\n").length, 12);
      text.value = message.copy;
      said.append(text);
      said.firstChild.textContent = (await copied(text)) ? message.said : "Select and copy this:";
    }
  };

  model.on("change:values", follow);
  model.on("change:value", update);
  model.on("change:controls", describe);
  model.on("change:price", cost);
  model.on("msg:custom", hear);
  describe();
  show();
  rest();
  return () => {
    stop();
    model.off("change:values", follow);
    model.off("change:value", update);
    model.off("change:controls", describe);
    model.off("change:price", cost);
    model.off("msg:custom", hear);
  };
}

// A control: its element, and functions that set its value and its words.
function controlOf(spec, value, move) {
  const element = document.createElement("div");
  element.className = `segkit-control segkit-${spec.kind}-control`;
  element.innerHTML =
    '<div class="segkit-line"><span class="segkit-before"></span><span class="segkit-value"></span><span class="segkit-after"></span></div>' +
    '<div class="segkit-track"></div><div class="segkit-most" role="status"></div>';
  const part = (name) => element.querySelector(`.segkit-${name}`);
  const inputs = MAKERS[spec.kind](spec, move, part);
  const describe = (now) => {
    part("before").textContent = now.before;
    part("after").textContent = now.after;
    element.title = now.help;
    element.hidden = !now.used;
    for (const input of inputs.named) input.setAttribute("aria-label", now.label);
    for (const input of inputs.named) if (now.help) input.setAttribute("aria-description", now.help);
    inputs.describe?.(now);
  };
  describe(spec);
  inputs.set(value, spec);
  const set = (next, now) => {
    part("most").textContent = "";
    inputs.describe?.(now);
    inputs.set(next, now);
  };
  return { element, set, describe };
}

const MAKERS = {
  slider(spec, move, part) {
    const slider = input("range", "segkit-slider");
    const box = input("number", "segkit-box");
    const [low, high] = ["segkit-low", "segkit-high"].map(span);
    part("value").append(box);
    part("track").append(slider, low, high);
    let bounds = spec;
    const describe = (now) => {
      bounds = now;
      for (const one of [slider, box]) Object.assign(one, { min: now.low, max: now.high, step: one === box ? "any" : now.step });
      low.textContent = grouped(now.low);
      high.textContent = grouped(now.high);
    };
    slider.addEventListener("input", () => {
      const value = tidy(slider.valueAsNumber);
      box.value = value;
      move(value);
    });
    entered(box, () => {
      const typed = box.valueAsNumber;
      if (Number.isNaN(typed)) return void (box.value = tidy(slider.valueAsNumber));
      const value = Math.min(Math.max(typed, bounds.low), bounds.high);
      move(Number.isInteger(bounds.step) && Number.isInteger(bounds.low) ? Math.round(value) : value);
      box.value = Number.isInteger(bounds.step) && Number.isInteger(bounds.low) ? Math.round(value) : value;
      const words = typed > bounds.high ? `${grouped(bounds.high)} is the most here.` : `${grouped(bounds.low)} is the least here.`;
      part("most").textContent = value === typed ? "" : words;
    });
    const set = (value) => {
      slider.value = value;
      if (document.activeElement !== box || box.valueAsNumber !== value) box.value = tidy(value);
      slider.setAttribute("aria-valuetext", grouped(value));
      const share = (value - bounds.low) / (bounds.high - bounds.low || 1);
      slider.style.setProperty("--segkit-at", `${Math.round(1000 * share) / 10}%`);
    };
    return { named: [slider, box], describe, set };
  },
  number(spec, move, part) {
    const box = input("number", "segkit-box");
    box.step = "any";
    entered(box, () => Number.isNaN(box.valueAsNumber) || move(box.valueAsNumber));
    part("value").append(box);
    return { named: [box], set: (value) => void (box.value = value) };
  },
  choice(spec, move, part) {
    const isFew = spec.options.length <= 4 && spec.options.map((one) => one.label).join("").length <= 48;
    return isFew ? radios(spec, move, part) : select(spec, move, part);
  },
  several(spec, move, part) {
    const box = input("text", "segkit-text");
    const ticks = document.createElement("div");
    ticks.className = "segkit-ticks";
    let items = [];
    const made = spec.options.slice(0, TICKS).map(({ label, value }) => {
      const tick = input("checkbox");
      const line = document.createElement("label");
      line.append(tick, ` ${label}`);
      ticks.append(line);
      tick.addEventListener("change", () => {
        const others = items.filter((one) => !same(one, value));
        move(tick.checked ? [...others, value] : others);
      });
      return [tick, value];
    });
    const more = spec.options.length - TICKS;
    if (more > 0) ticks.append(span("segkit-more", `${more} more: type in the box to find them`));
    const offer = suggestions(box, spec.options.map(({ label, value }) => ({ label, value: typedItem(value, spec.numbers) })));
    box.addEventListener("input", () => offer(box.value.match(EARLIER)[0]));
    box.addEventListener("focus", () => offer(box.value.trim() && `${box.value.replace(/[\s,]+$/, "")}, `));
    entered(box, () => move(itemsOf(box.value, spec.numbers)));
    part("value").append(box, offer.list);
    part("track").append(ticks);
    const set = (value) => {
      items = value;
      box.value = items.map((one) => typedItem(one, spec.numbers)).join(", ");
      for (const [tick, own] of made) tick.checked = items.some((one) => same(one, own));
    };
    return { named: [box], set };
  },
  truth(spec, move, part) {
    const tick = input("checkbox");
    tick.addEventListener("change", () => move(tick.checked));
    part("line").prepend(tick);
    return { named: [tick], set: (value) => void (tick.checked = value) };
  },
  date(spec, move, part) {
    const day = input("date", "segkit-box");
    day.addEventListener("change", () => move(day.value));
    part("value").append(day);
    return { named: [day], set: (value) => void (day.value = value) };
  },
  text(spec, move, part) {
    const box = input("text", "segkit-text");
    const { list } = suggestions(box, spec.options);
    entered(box, () => move(box.value.trim()));
    part("value").append(box, list);
    return { named: [box], set: (value) => void (box.value = value) };
  },
};

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

// The items of a typed list. Commas separate items, except in double quotes, where "" is one quote. Without quotes, blanks around an item
// don't count and, in a list of text and numbers, what spells a number is one.
function itemsOf(text, hasNumbers) {
  const found = [];
  for (const [, quoted, plain] of text.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/g)) {
    const item = plain?.trim();
    if (quoted !== undefined) found.push(quoted.replaceAll('""', '"'));
    else if (item) found.push(hasNumbers && NUMBER.test(item) ? Number(item) : item);
  }
  return found;
}

const EARLIER = /^(?:\s*(?:"(?:[^"]|"")*"\s*|[^,]*),)*\s*/; // the items before the one that is being typed

// Suggests options in a box. Returns a function that suggests them after some text, and has the element with the suggestions.
function suggestions(box, options) {
  const list = document.createElement("datalist");
  list.id = `segkit-${viewName()}`;
  let last = null;
  const offer = (before) => {
    if (before === last) return;
    last = before;
    list.replaceChildren(...options.map(({ label, value }) => Object.assign(document.createElement("option"), { value: before + value, label })));
  };
  offer("");
  if (options.length) box.setAttribute("list", list.id);
  return Object.assign(offer, { list });
}

// The text that `itemsOf` reads as this item.
function typedItem(item, hasNumbers) {
  const isPlain = item === String(item).trim() && item !== "" && !/^"|,/.test(item) && !(hasNumbers && NUMBER.test(item));
  return typeof item !== "string" || isPlain ? String(item) : `"${item.replaceAll('"', '""')}"`;
}

function radios(spec, move, part) {
  const group = document.createElement("span");
  group.className = "segkit-radios";
  group.setAttribute("role", "radiogroup");
  const name = `segkit-${Math.random().toString(36).slice(2)}`;
  let made = [];
  const describe = (now) => {
    if (same(made.map(([, option]) => option), now.options)) return;
    made = now.options.map((option) => {
      const one = Object.assign(input("radio"), { name });
      one.addEventListener("change", () => one.checked && move(option.value));
      return [one, option];
    });
    group.replaceChildren(...made.map(([one, { label }]) => {
      const line = document.createElement("label");
      line.append(one, span("", label));
      return line;
    }));
  };
  part("value").append(group);
  return { named: [group], describe, set: (now) => made.forEach(([one, { value }]) => void (one.checked = same(value, now))) };
}

function select(spec, move, part) {
  const list = document.createElement("select");
  list.className = "segkit-text";
  let options = [];
  const describe = (now) => {
    if (same(options, now.options)) return;
    options = now.options;
    list.replaceChildren(...options.map(({ label }) => Object.assign(document.createElement("option"), { textContent: label })));
  };
  list.addEventListener("change", () => move(options[list.selectedIndex].value));
  part("value").append(list);
  const set = (now) => void (list.selectedIndex = options.findIndex(({ value }) => same(value, now)));
  return { named: [list], describe, set };
}

// A button, alone or with a box to type into and a second press of which means yes.
function buttonOf(spec, press) {
  const button = document.createElement("button");
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button segkit-button";
  button.textContent = spec.text;
  button.title = spec.help ?? "";
  if (spec.box === undefined) {
    button.addEventListener("click", () => press(spec.name, ""));
    return button;
  }
  const line = document.createElement("span");
  const box = input("text", "segkit-text");
  box.placeholder = spec.box;
  box.value = spec.start ?? "";
  box.setAttribute("aria-label", spec.label);
  button.addEventListener("click", () => press(spec.name, box.value));
  line.className = "segkit-with-box";
  line.append(button, box);
  return line;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.value);
    return true;
  } catch {
    // A page without https has no clipboard of its own.
    text.select();
    return document.execCommand("copy");
  }
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

// Calls a function when something else was typed into a box: on Enter and on leaving it.
function entered(box, then) {
  let last = null;
  box.addEventListener("focus", () => (last = box.value));
  const commit = () => {
    if (box.value === last) return;
    then();
    last = box.value;
  };
  box.addEventListener("change", commit);
  box.addEventListener("keydown", (event) => event.key === "Enter" && commit());
}

function input(type, name = "") {
  return Object.assign(document.createElement("input"), { type, className: name });
}

function span(name, text = "") {
  return Object.assign(document.createElement("span"), { className: name, textContent: text });
}

function grouped(value, digits = 6) {
  return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits === 2 ? 2 : 0 });
}

function tidy(value) {
  return Number(value.toFixed(7));
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

export default { render };
