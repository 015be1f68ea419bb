/** What the pages share: the look, the languages, the parts that show money, time and refusals. */
export { Amount } from './amount.tsx'
export { useCamera } from './camera.ts'
export { type Clock, ClockProvider, useClock, useNow } from './clock.tsx'
export { Countdown } from './countdown.tsx'
export { KitProvider } from './kit-provider.tsx'
export {
  chooseLanguage,
  fill,
  type Language,
  languages,
  localeOf,
  type Words,
} from './language.ts'
export { useLanguage, useWords } from './language-provider.tsx'
export { Mark, type MarkState } from './mark.tsx'
export { type QrModules, qrPath, qrSide } from './qr-path.ts'
export { refusalWords } from './refusal-words.ts'
export { Said, type Tone } from './said.tsx'
