/** What happened to one thing, line by line. */
import { Panel } from './one.tsx'
import { Standing } from './states.tsx'
import { useWritten } from './written.ts'

type LogRow = {
  readonly at: string
  readonly text: string
  readonly state: string | null
  /** The text is an id. */
  readonly isCode?: boolean
}

export function Log({ title, rows }: { readonly title: string; readonly rows: readonly LogRow[] }) {
  const { time } = useWritten()
  if (rows.length === 0) return null
  return (
    <Panel title={title}>
      <ol className="log">
        {rows.map(({ at, text, state, isCode = false }) => (
          <li key={at + text}>
            <time dateTime={at}>{time(at)}</time>
            {state === null ? null : <Standing state={state} />}
            {isCode ? <code>{text}</code> : <span>{text}</span>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
