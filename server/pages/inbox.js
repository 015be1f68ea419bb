// Keeps the inbox live: asks for the newest messages while the page is looked at, and puts those
// that are not there yet at the top. Texts are set as text, never as HTML.
const PAUSE_MS = 1500
const list = document.getElementById('messages')
const empty = document.getElementById('empty')
const state = document.getElementById('state')
const template = document.getElementById('message')
const times = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: 'medium',
  timeStyle: 'medium',
})

const writeTime = (time) => {
  time.textContent = times.format(new Date(time.dateTime))
}

function draw({ id, to, text, sent_at }) {
  const item = template.content.firstElementChild.cloneNode(true)
  item.dataset.id = id
  item.querySelector('span').textContent = list.dataset.to.replace('{phone}', to)
  const time = item.querySelector('time')
  time.dateTime = sent_at
  writeTime(time)
  item.querySelector('.text').textContent = text
  return item
}

function show(messages) {
  const known = new Set([...list.children].map((item) => item.dataset.id))
  const fresh = messages.filter(({ id }) => !known.has(id))
  if (fresh.length > 0) list.prepend(...fresh.map(draw))
  empty.hidden = list.children.length > 0
}

function say(words) {
  if (state.textContent !== words) state.textContent = words
}

async function ask() {
  try {
    const answer = await fetch('/v1/test/inbox?limit=25')
    if (!answer.ok) throw new Error(String(answer.status))
    show((await answer.json()).data)
    say(state.dataset.live)
  } catch {
    say(state.dataset.cut)
  }
}

async function turn() {
  if (!document.hidden) await ask()
  setTimeout(turn, PAUSE_MS)
}

for (const time of list.querySelectorAll('time')) writeTime(time)
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void ask()
})
void turn()
