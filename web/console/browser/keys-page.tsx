/** The vault's own keys: what each is for, its check value, and what protects it. */
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { type Column, codeColumn, stateColumn, wordColumn } from './columns.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import { type RowOf, useList } from './list-query.ts'
import { isKeyWord, keyWords } from './words-keys.ts'
import { shellWords } from './words-shell.ts'

type Key = RowOf<'listVaultKeys'>

/** By its own name, or by that of its kind. */
const wordOf = ({ name, level }: Key) =>
  level !== 'domain' ? level : isKeyWord(name) ? name : undefined

function Purpose({ of }: { readonly of: Key }) {
  const say = useWords(keyWords)
  const word = wordOf(of)
  return <>{word === undefined ? null : say(word)}</>
}

const columns: readonly Column<Key>[] = [
  codeColumn('key', ({ name }) => name, 'minmax(0, 2fr)'),
  {
    ...codeColumn<Key>('purpose', wordOf, 'minmax(0, 3fr)'),
    show: (key) => <Purpose of={key} />,
  },
  codeColumn('checkValue', ({ check_value }) => check_value, 'minmax(88px, 0.8fr)'),
  stateColumn('status', ({ state }) => state, 'minmax(88px, 1fr)'),
  wordColumn('protectedBy', ({ protected_by }) => protected_by, 'minmax(152px, 1.6fr)'),
  codeColumn('wrappedBy', ({ wrapped_by: by }) => by && `${by.kid} ${by.check_value}`),
]
const none = {}

export function KeysPage() {
  const say = useWords(shellWords)
  const [chosen, choose] = useState<Key | null>(null)
  return (
    <>
      <ListPage
        title={say('keys')}
        name="listVaultKeys"
        columns={columns}
        keyOf={({ name, version }) => `${name}/${version}`}
        lead={<Root />}
        onOpen={choose}
      />
      {chosen === null ? null : (
        <Dialog title={chosen.name} onClose={() => choose(null)}>
          <OneKey of={chosen} />
        </Dialog>
      )}
    </>
  )
}

function OneKey({ of }: { readonly of: Key }) {
  const { wrapped_by: by } = of
  return (
    <div className="dialog-form">
      <p>
        <Purpose of={of} />
      </p>
      <Facts
        facts={[
          ['checkValue', { code: of.check_value }],
          ['status', { state: of.state }],
          ['protectedBy', { word: of.protected_by }],
          ['wrappedBy', { code: by && `${by.kid} ${by.check_value}` }],
          ['algorithm', { code: of.algorithm }],
          ['version', { count: of.version }],
          ['created', { time: of.created_at }],
        ]}
      />
    </div>
  )
}

/** What protects the first protects all. */
function Root() {
  const say = useWords(keyWords)
  const { rows } = useList('listVaultKeys', none)
  const root = rows?.find(({ level }) => level === 'root')
  return (
    <>
      <p className="hint">{say('lead')}</p>
      {root === undefined ? null : (
        <Said
          tone="plain"
          title={say(root.protected_by === 'hsm' ? 'rootInHsm' : 'rootInFile', {
            check: root.check_value,
          })}
        >
          <p>{say('allUnder')}</p>
        </Said>
      )}
    </>
  )
}
