/** The reader at this phone: found, paired by six digits on its display, and what it shows. */
import { Button, TextInput } from '@mantine/core'
import type { SerialLine } from '@warifu/devices/reader-cable'
import { Countdown, Said, useWords } from '@warifu/web/kit'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useDoing } from './doing.ts'
import { connect, onPlug, pair, plugNow, typeCode } from './reader-plug.ts'
import { readerWords } from './words-reader.ts'
import { useWorld } from './world.tsx'

export const usePlug = () => useSyncExternalStore(onPlug, plugNow)

/** Web Serial, where the browser has it; the person chooses the line. */
type Serial = { readonly requestPort: () => Promise<SerialLine> }
const serialOf = (): Serial | undefined =>
  'serial' in navigator ? (navigator.serial as Serial) : undefined

export function ReaderView() {
  const tell = useWords(readerWords)
  const world = useWorld()
  const plug = usePlug()
  const { begin, runs } = useDoing((line?: SerialLine) => connect(world, line).catch(() => {}))
  useEffect(() => begin(undefined), [begin])
  const serial = serialOf()
  return (
    <section className="view">
      <h1>{tell('reader.title')}</h1>
      <p className="quiet">{tell('reader.more')}</p>
      {plug.at === 'out' ? (
        <Said tone="waiting" title={tell('reader.out')}>
          {tell('reader.out_more')}
        </Said>
      ) : null}
      {plug.at === 'out' ? (
        <div className="acts">
          <Button size="lg" fullWidth loading={runs} onClick={() => begin(undefined)}>
            {tell('reader.connect')}
          </Button>
          {serial === undefined ? null : (
            <Button
              variant="default"
              fullWidth
              onClick={() => void serial.requestPort().then((line) => begin(line))}
            >
              {tell('reader.serial')}
            </Button>
          )}
        </div>
      ) : null}
      {plug.at === 'new' ? (
        <>
          <Said tone="plain" title={tell('reader.new')}>
            {tell('reader.new_more')}
          </Said>
          <div className="acts">
            <Button size="lg" fullWidth onClick={pair}>
              {tell('reader.pair')}
            </Button>
          </div>
        </>
      ) : null}
      {plug.at === 'pairing' ? <PairCode isWrong={plug.trouble === 'pair_code_wrong'} /> : null}
      {plug.at === 'in' ? <Said tone="arrived" title={tell('reader.in')} /> : null}
      <ReaderDisplay />
    </section>
  )
}

const SIX_DIGITS = /^[0-9]{6}$/

function PairCode({ isWrong }: { readonly isWrong: boolean }) {
  const tell = useWords(readerWords)
  const [code, setCode] = useState('')
  return (
    <form
      className="view"
      onSubmit={(event) => {
        event.preventDefault()
        if (SIX_DIGITS.test(code)) typeCode(code)
      }}
    >
      <TextInput
        size="lg"
        label={tell('reader.code')}
        error={isWrong ? tell('reader.code_wrong') : null}
        inputMode="numeric"
        autoComplete="off"
        maxLength={6}
        value={code}
        onChange={({ currentTarget: { value } }) => setCode(value)}
      />
      <div className="acts">
        <Button type="submit" size="lg" fullWidth disabled={!SIX_DIGITS.test(code)}>
          {tell('reader.pair')}
        </Button>
      </div>
    </form>
  )
}

/** What the reader shows, and what is to be done there, down to the host's own deadline. */
export function ReaderDisplay() {
  const tell = useWords(readerWords)
  const { carried, display } = usePlug()
  const isWaiting = carried !== null && carried.at !== 'paid' && carried.at !== 'over'
  return (
    <div role="status">
      {isWaiting ? (
        <Said tone="waiting" title={tell(`reader.at.${carried.at}`)}>
          {carried.deadline === null ? null : <Countdown deadline={carried.deadline} />}
        </Said>
      ) : null}
      {display === '' ? null : (
        <p className="quiet">
          {tell('reader.display')}: {display}
        </p>
      )}
    </div>
  )
}
