/** Language and look, and what this wallet is. */
import { NativeSelect, useMantineColorScheme } from '@mantine/core'
import { languages } from '@warifu/protocol/language'
import { languageNames, useLanguage, useWords } from '@warifu/web/kit'
import { useTerminalState } from './asking.ts'
import { Mutes } from './mutes.tsx'
import { Link, type View } from './views.tsx'
import { words } from './words.ts'
import { devicesWords } from './words-devices.ts'
import { readerWords } from './words-reader.ts'
import { simWords } from './words-sim.ts'

const looks = ['auto', 'light', 'dark'] as const

export function SettingsView() {
  const say = useWords(words)
  const tell = useWords(readerWords)
  const devicesSay = useWords(devicesWords)
  const sim = useWords(simWords)
  const { language, speak } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { data: state } = useTerminalState()
  return (
    <section className="view">
      <h1>{say('settings.title')}</h1>
      <NativeSelect
        size="md"
        label={say('settings.language')}
        value={language}
        data={languages.map((value) => ({ value, label: languageNames[value] }))}
        onChange={({ currentTarget: { value } }) => {
          const chosen = languages.find((each) => each === value)
          if (chosen !== undefined) speak(chosen)
        }}
      />
      <NativeSelect
        size="md"
        label={say('settings.look')}
        value={colorScheme}
        data={looks.map((value) => ({ value, label: say(`settings.${value}`) }))}
        onChange={({ currentTarget: { value } }) => {
          const chosen = looks.find((each) => each === value)
          if (chosen !== undefined) setColorScheme(chosen)
        }}
      />
      <ul className="ways">
        <Way to="/devices">{devicesSay('devices.title')}</Way>
        <Way to="/reader">{tell('reader.open')}</Way>
        <Way to="/sim">{sim('sim.title')}</Way>
      </ul>
      <Mutes />
      <h2>{say('settings.about')}</h2>
      <dl className="facts">
        <dt>{say('settings.person')}</dt>
        <dd>{state?.name ?? state?.cardholder}</dd>
        <dt>{say('settings.phone')}</dt>
        <dd className="row-id">{state?.terminal}</dd>
      </dl>
      <p className="quiet">{say('settings.keys')}</p>
      <p className="quiet">{say('settings.sandbox')}</p>
    </section>
  )
}

type WayProps = { readonly to: View; readonly children: string }

const Way = ({ to, children }: WayProps) => (
  <li>
    <Link to={to}>
      {children}
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <path d="M7 4l6 6-6 6" fill="none" stroke="currentColor" strokeWidth="2" />
      </svg>
    </Link>
  </li>
)
