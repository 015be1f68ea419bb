/** The tour: five systems, a button each, and beside it what the button does, as it happens. */
import { Button } from '@mantine/core'
import { fill, LanguageChoice, Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { XrayPicture } from '@warifu/web/xray-view'
import { useEffect } from 'react'
import { type Runs, useRuns, useStart } from './running.ts'
import { type TourRun, type TourSystem, tourSystems } from './wire.ts'
import { stepIn, words } from './words.ts'

export function TourApp() {
  const say = useWords(words)
  const told = useRuns()
  const { runs, trouble } = told
  const done = tourSystems.filter((system) => runs[system]?.state === 'done').length
  useEffect(() => {
    document.title = `${say('title')} · Warifu`
  })
  return (
    <div className="frame">
      <header className="head">
        <Mark size={32} />
        <span className="count" role="status">
          {say('count', { done: String(done) })}
        </span>
        <LanguageChoice label={say('language')} />
      </header>
      <main>
        <h1>{say('title')}</h1>
        <p className="lead">{say('lead')}</p>
        <p className="label">{say('label')}</p>
        {trouble === null ? null : <Said tone="refused" title={say(trouble)} urgent />}
        <ol className="systems">
          {tourSystems.map((system, at) => (
            <System key={system} number={at + 1} {...{ system, told }} />
          ))}
        </ol>
        {done === tourSystems.length ? <Next /> : null}
      </main>
    </div>
  )
}

function Next() {
  const say = useWords(words)
  const { language } = useLanguage()
  const start = useStart()
  return (
    <Said tone="arrived" title={say('next')}>
      {start === null ? null : <a href={`${start}/?lang=${language}`}>{say('start')}</a>}
    </Said>
  )
}

type SystemProps = {
  readonly number: number
  readonly system: TourSystem
  readonly told: Runs
}

function System({ number, system, told: { runs, active, begin } }: SystemProps) {
  const say = useWords(words)
  const run = runs[system]
  const isRunning = active === system
  const label = isRunning ? say('running') : say(run === undefined ? 'run' : 'again')
  return (
    <li className="system" data-system={system} data-state={run?.state ?? 'ready'}>
      <section className="told" aria-labelledby={`title-${system}`}>
        <h2 id={`title-${system}`}>
          <span className="number">{number}</span> {say(system)}
        </h2>
        <p>{say(`${system}_text`)}</p>
        <Button
          disabled={active !== null}
          aria-describedby={`title-${system}`}
          onClick={() => begin(system)}
        >
          {label}
        </Button>
        {run === undefined ? null : <Steps run={run} />}
      </section>
      {isRunning || run !== undefined ? (
        <section className="beside" aria-label={say(system)}>
          {run === undefined || run.payment === null ? (
            <p className="label">{say('waiting')}</p>
          ) : (
            <XrayPicture entries={run.timeline} name={run.payment} />
          )}
        </section>
      ) : (
        <div className="to-come">
          <Mark size={48} state="apart" />
          <p className="label">{say('waiting')}</p>
        </div>
      )}
    </li>
  )
}

function Steps({ run: { steps, state } }: { readonly run: TourRun }) {
  const { language } = useLanguage()
  const say = useWords(words)
  const saw = steps.find(({ ok }) => !ok)?.saw ?? ''
  return (
    <>
      <ol className="steps">
        {steps.map(({ name, ok }) => (
          <li key={name} data-ok={ok}>
            <span aria-hidden="true">{ok ? '✓' : '✕'}</span> {stepIn(language, name)}
          </li>
        ))}
      </ol>
      {state === 'done' ? <Said tone="arrived" title={say('done')} /> : null}
      {state === 'failed' ? (
        <Said tone="refused" title={fill(say('failed'), { saw })} urgent />
      ) : null}
    </>
  )
}
