// Without this the page shows the middle; with it the slider moves the edge between the two photos.
const both = document.querySelector(".both");
const slider = document.querySelector("#cut");
const move = () => {
  both.style.setProperty("--cut", `${slider.value}%`);
  slider.setAttribute("aria-valuetext", `${slider.value} % before, ${100 - slider.value} % after`);
};
document.querySelector(".move").hidden = false;
slider.addEventListener("input", move);
both.addEventListener("pointermove", (event) => {
  if (event.buttons !== 1) return;
  const box = both.getBoundingClientRect();
  slider.value = Math.round((100 * (event.clientX - box.left)) / box.width);
  move();
});
move();
