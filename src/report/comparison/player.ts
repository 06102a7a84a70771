/**
 * @file What the report's page does beside being read: a button above videos that plays all of them at once. Without
 * scripts (in the dashboard, say) there is no button, and the videos have their own controls.
 */

/** Each video waits at its end until the last one has ended; then all begin again. */
export const PLAYER = `
for (const group of document.querySelectorAll('.videos')) {
  const videos = [...group.querySelectorAll('video')];
  if (videos.length < 2) continue;
  const button = document.createElement('button');
  const show = (playing) => {
    button.textContent = playing ? 'Pause all' : 'Play all at once';
  };
  const playing = () => videos.some((video) => !video.paused && !video.ended);
  // One that cannot be played has told so in its place.
  const play = (video) => video.play().catch(() => {});
  const begin = () => videos.forEach((video) => { video.currentTime = 0; play(video); });
  let begun = false;
  button.type = 'button';
  button.addEventListener('click', () => {
    if (playing()) videos.forEach((video) => video.pause());
    else if (begun && videos.some((video) => !video.ended)) videos.forEach((video) => video.ended || play(video));
    else {
      begun = true;
      begin();
    }
  });
  for (const video of videos) {
    video.loop = false;
    video.addEventListener('play', () => show(true));
    video.addEventListener('pause', () => show(playing()));
    video.addEventListener('ended', () => {
      if (begun && videos.every((one) => one.ended)) begin();
      else show(playing());
    });
  }
  show(false);
  group.before(button);
}
`;
