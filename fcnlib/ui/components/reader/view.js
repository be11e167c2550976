// What concerns the whole page: the menu on a phone, the step that a link leads to, teacher's mode,
// and printing.

const STYLE = "fcnlib-reader";
const PART = '[class*="st-key-step_"]';
const SETTLED = 3000; // ms in which the steps above may still change their heights
const FOCUS_WAIT = 30000; // ms

// What gets the focus when a button that is clicked is disabled or removed.
const MENU = "[data-testid=stSidebar]";
const OPEN_MENU = "[data-testid=stExpandSidebarButton]";
const CLOSE_MENU = "[data-testid=stSidebarCollapseButton] button";
const TRAINING = { go: "pause", pause: "resume", resume: "pause", stop: "go" };
const SUCCESSORS = [
  [OPEN_MENU, CLOSE_MENU],
  [CLOSE_MENU, OPEN_MENU],
  ...["training", "training_own"].flatMap((training) =>
    Object.entries(TRAINING).map((pair) => pair.map((name) => `.st-key-${training}_${name} button`)),
  ),
];

export default function ({ parentElement, data }) {
  const host = parentElement.getRootNode().host ?? parentElement;
  closeMenu(host.closest(MENU));
  document.body.onclick = (event) => {
    if (event.target.closest(".st-key-print_page button")) setTimeout(print);
    passFocusOn(event.target.closest("button"));
  };
  document.body.onkeydown = (event) => {
    walkThroughPopover(event);
    if (menuCovers()) stayInMenu(event);
  };
  const style = styleSheet();
  if (data?.goal && style.dataset.goal !== String(data.goal)) {
    style.dataset.goal = data.goal;
    const name = `st-key-step_${data.goal[0]}`;
    if (data.present) Object.assign(style.dataset, { page: data.page, part: name });
    scrollToPart(name);
  } else if (style.opened && style.opened !== data?.page) {
    focusHeading(data.question); // the link that was followed may be gone, and the focus with it
  }
  style.opened = data?.page;
  if (data?.present) present(style, data);
  else {
    style.textContent = "";
    clearInterval(style.counting);
    document.onkeydown = null;
  }
}

// Close the sidebar when a page is chosen in it, on screens so narrow that it covers the page.
function closeMenu(sidebar) {
  if (!sidebar) return;
  // A property, not a listener, since Streamlit calls this on every rerun.
  sidebar.onclick = (event) => {
    if (!event.target.closest("a") || !menuCovers()) return;
    // Streamlit handles the click on the link after this function.
    setTimeout(() => sidebar.querySelector(CLOSE_MENU)?.click());
  };
}

// Whether the menu is open and covers the page.
function menuCovers() {
  const open = document.querySelector(`${MENU}[data-collapsed=false]`);
  return Boolean(open) && matchMedia("(max-width: 768px)").matches;
}

// The page below the menu cannot be seen, so the Tab key leads round the menu, and Escape closes it.
function stayInMenu(event) {
  const close = document.querySelector(CLOSE_MENU);
  if (event.key === "Escape") close?.click();
  if (event.key !== "Tab") return;
  const stops = visible(`${MENU} :is(a, button)`);
  const [first, last] = event.shiftKey ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
  if (document.activeElement !== last) return;
  first.focus();
  event.preventDefault();
}

function visible(selector, root = document) {
  return [...root.querySelectorAll(selector)].filter((one) => one.checkVisibility());
}

// Give the focus to a button's successor once the button has lost it, unless the reader moves it.
function passFocusOn(button) {
  const successor = button && successorOf(button);
  if (!successor) return;
  const begun = Date.now();
  const repeat = setInterval(() => {
    // Streamlit may keep an earlier element, which is not visible.
    const [next] = visible(`${successor}:enabled`);
    const focused = document.activeElement;
    const moved = focused !== button && focused !== document.body;
    if (focused === document.body) next?.focus({ preventScroll: true });
    if (moved || Date.now() - begun > FOCUS_WAIT) clearInterval(repeat);
  }, 100);
}

function successorOf(button) {
  const pair = SUCCESSORS.find(([name]) => button.matches(name));
  if (pair) return pair[1];
  if (!button.closest("[data-testid=stDownloadButton]")) return undefined;
  // It is disabled while its file is made, and then enabled again.
  const names = [...button.closest('[class*="st-key-"]').classList];
  return `.${names.find((name) => name.startsWith("st-key-"))} button`;
}

// An open popover lies at the end of the page. Let the Tab key lead from its button into it, and from
// its last control on from the button.
function walkThroughPopover(event) {
  const body = document.querySelector("[data-testid=stPopoverBody]");
  const button = document.querySelector("[data-testid=stPopoverButton][aria-expanded=true]");
  if (event.key !== "Tab" || !body || !button) return;
  const stops = visible("a, button, input, select, textarea, [tabindex='0']", body)
    .filter((stop) => !stop.disabled && stop.tabIndex >= 0);
  const focused = document.activeElement;
  if (focused === button && !event.shiftKey) {
    // A text without controls is focused itself, so that keys scroll it.
    body.tabIndex = -1;
    (stops[0] ?? body).focus();
    event.preventDefault();
  } else if (body.contains(focused)) {
    const [first, last] = [stops[0] ?? body, stops.at(-1) ?? body];
    if (focused !== (event.shiftKey ? first : last)) return;
    button.focus();
    // Without Shift, the browser goes on from the button to what follows it.
    if (event.shiftKey) event.preventDefault();
  }
}

// Scroll to a part of the page and keep it there while the page changes, until the reader acts.
function scrollToPart(name) {
  const acts = ["wheel", "touchstart", "pointerdown", "keydown"];
  let seen = 0;
  const repeat = setInterval(() => {
    const part = document.getElementsByClassName(name)[0];
    part?.scrollIntoView();
    if (part) seen ||= Date.now();
    if (seen && Date.now() - seen > SETTLED) end();
  }, 100);
  const end = () => {
    clearInterval(repeat);
    for (const act of acts) removeEventListener(act, end);
  };
  for (const act of acts) addEventListener(act, end);
}

// The menu comes first, so the heading may still be that of the page before.
function focusHeading(question, attempts = 50) {
  const heading = document.querySelector("[data-testid=stMain] h1");
  if (heading?.textContent.includes(question)) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  } else if (attempts) setTimeout(() => focusHeading(question, attempts - 1), 100);
}

function styleSheet() {
  let style = document.getElementById(STYLE);
  if (!style) {
    style = document.createElement("style");
    style.id = STYLE;
    document.head.append(style);
  }
  return style;
}

// Show one part of the page at a time in larger type. The arrow keys go to the next part, and
// Escape leaves this mode.
function present(style, { page }) {
  // Reruns call this again, and React replaces elements, so the part is kept by its name.
  if (style.dataset.page !== page) {
    style.dataset.page = page;
    style.dataset.part = "";
  }
  const names = () => [...document.querySelectorAll(PART)].map(
    (part) => [...part.classList].find((name) => name.startsWith("st-key-step_")),
  );
  const write = () => {
    const { part } = style.dataset;
    const all = names();
    const text = `
      html { font-size: 22px !important; }
      [data-testid=stSidebar], [data-testid=stHeader] { display: none !important; }
      ${PART}:not(.${part}) { display: none !important; }
      @media screen { body::after {
        content: "${all.indexOf(part) + 1} / ${all.length} · arrow keys move · Esc ends";
        position: fixed; right: 12px; bottom: 8px; padding: 2px 10px; border-radius: 6px;
        font: 14px sans-serif; color: #fff; background: rgba(16, 19, 26, 0.75); z-index: 1000;
      } }`;
    if (style.textContent !== text) style.textContent = text;
  };
  const show = (name) => {
    style.dataset.part = name ?? "";
    write();
    // The page goes on adding parts for a while, which the label counts.
    clearInterval(style.counting);
    style.counting = setInterval(write, 1000);
    // Figures take their width from a column that was not shown before.
    dispatchEvent(new Event("resize"));
  };
  document.onkeydown = (event) => {
    const move = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    // The arrow keys also move sliders and the cells of a grid.
    const target = event.composedPath()[0];
    if (event.key === "Escape" && !target.closest?.("input, textarea") && !document.querySelector("[data-testid=stPopoverBody], [data-baseweb=popover]")) return leave();
    if (!move || target.closest?.("input, textarea, select, [role=slider], [role=grid], [role=radiogroup]")) return;
    event.preventDefault();
    const all = names();
    const now = Math.max(all.indexOf(style.dataset.part), 0);
    show(all[Math.min(Math.max(now + move, 0), all.length - 1)]);
    scrollTo(0, 0);
  };
  if (style.dataset.part) show(style.dataset.part);
  else waitForParts(names, (all) => show(all[0]));
}

// The link at the end of the page keeps what the visitor has done; a new address does not.
function leave() {
  const link = document.querySelector('a[href*="present=0"]');
  if (link) return link.click();
  const address = new URL(location);
  address.searchParams.set("present", "0");
  location.assign(address);
}

// The menu comes first, so the page's parts may not be there yet.
function waitForParts(names, done, attempts = 50) {
  const all = names();
  if (all.length) done(all);
  else if (attempts) setTimeout(() => waitForParts(names, done, attempts - 1), 100);
}
