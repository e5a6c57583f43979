// The page works without this. It keeps the middle of the photo in view, opens what is closed for printing, and
// opens the list of sources when a source is asked for.
const pane = document.querySelector(".window");
const middle = { x: 0.5, y: 0.5 };
pane.addEventListener("scroll", () => {
  middle.x = (pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth;
  middle.y = (pane.scrollTop + pane.clientHeight / 2) / pane.scrollHeight;
});
document.querySelectorAll("[name=zoom]").forEach((zoom) => zoom.addEventListener("change", () => {
  const { x, y } = middle;
  pane.scrollTo(x * pane.scrollWidth - pane.clientWidth / 2, y * pane.scrollHeight - pane.clientHeight / 2);
}));
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open], .long)")];
  closed.forEach((each) => { each.open = true; });
});
addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));
const show = () => {
  const asked = document.getElementById(location.hash.slice(1));
  const around = asked && asked.closest("details");
  if (around) { around.open = true; asked.scrollIntoView({ block: "center" }); }
};
addEventListener("hashchange", show);
show();
