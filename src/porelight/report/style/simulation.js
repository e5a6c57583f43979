// The film: one still at a time, by slider, arrow keys or the button. Nothing moves before it is asked to.
const film = document.querySelector(".film");
if (film) {
  const stills = [...film.querySelectorAll(".stills img")];
  const slider = film.querySelector("input");
  const button = film.querySelector("button");
  const said = film.querySelector("output");
  let running = 0;
  const show = () => {
    const now = Number(slider.value);
    stills.forEach((still, index) => { still.hidden = index !== now; });
    said.textContent = stills[now].dataset.says;
    slider.setAttribute("aria-valuetext", stills[now].dataset.says);
  };
  const stop = () => {
    clearInterval(running);
    running = 0;
    button.textContent = button.dataset.play;
    button.setAttribute("aria-pressed", "false");
  };
  const start = () => {
    if (Number(slider.value) === stills.length - 1) { slider.value = 0; show(); }
    button.textContent = button.dataset.pause;
    button.setAttribute("aria-pressed", "true");
    running = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (Number(slider.value) === stills.length - 1) stop();
    }, 450);
  };
  slider.addEventListener("input", () => { stop(); show(); });
  button.addEventListener("click", () => (running ? stop() : start()));
  film.querySelector(".moments").hidden = false;
}
const open = () => {
  const asked = document.getElementById(location.hash.slice(1));
  const around = asked && asked.closest("details");
  if (around) { around.open = true; asked.scrollIntoView({ block: "center" }); }
};
addEventListener("hashchange", open);
open();
