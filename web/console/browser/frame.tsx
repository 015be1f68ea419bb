/** What stands around every page: the mark, the way about, the search, who is here. */
import { Mark, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect, useState } from 'react'
import { useCall } from './calling.ts'
import { Choices } from './choices.tsx'
import { Command } from './command.tsx'
import { useSections } from './frame-sections.ts'
import { Go, useRoute } from './route.tsx'
import { sectionAt } from './sections.ts'
import { type Me, useEntered, useSession } from './session.tsx'
import { Sessions } from './sessions.tsx'
import { type ShellWord, shellWords } from './words-shell.ts'

export function Frame({ children }: { readonly children: ReactNode }) {
  const say = useWords(shellWords)
  const { path } = useRoute()
  const [isOpen, setOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu
  useEffect(() => setOpen(false), [path])
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {say('toContent')}
      </a>
      <header className="frame-head">
        <Go to="/" className="brand">
          <Mark size={32} />
          <span className="brand-name">{say('console')}</span>
        </Go>
        <button
          type="button"
          className="plain-button menu-button"
          aria-expanded={isOpen}
          aria-controls="menu"
          onClick={() => setOpen(!isOpen)}
        >
          {say('menu')}
        </button>
        <Command />
        <Choices />
      </header>
      <div className="frame-body">
        <Side isOpen={isOpen} />
        <main id="content" className="frame-main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  )
}

const groups = ['watch', 'money', 'cards', 'shop', 'keep'] as const

function Side({ isOpen }: { readonly isOpen: boolean }) {
  const say = useWords(shellWords)
  const { path } = useRoute()
  const seen = useSections()
  const here = sectionAt(path)
  return (
    <div id="menu" className="side" data-open={isOpen || undefined}>
      <nav aria-label={say('pages')}>
        {groups.map((group) => {
          const members = seen.filter((one) => one.group === group)
          if (members.length === 0) return null
          return (
            <div key={group} className="side-group">
              <p className="side-title" id={`group-${group}`}>
                {say(`group_${group}`)}
              </p>
              <ul aria-labelledby={`group-${group}`}>
                {members.map(({ name, path: to }) => (
                  <li key={name}>
                    <Go to={to} isHere={here?.name === name}>
                      {say(name)}
                    </Go>
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
      </nav>
      <Person />
    </div>
  )
}

const roleWords: Readonly<Record<string, ShellWord>> = {
  issuer: 'roleIssuer',
  operator: 'roleOperator',
  auditor: 'roleAuditor',
  admin: 'roleAdmin',
  clerk: 'roleClerk',
  viewer: 'roleViewer',
}

const rolesOf = ({ roles, merchant }: Me): readonly string[] =>
  merchant === null ? roles : [merchant.role]

function Person() {
  const say = useWords(shellWords)
  const { me } = useSession()
  const call = useCall()
  const entered = useEntered()
  const { go } = useRoute()
  const leave = async () => {
    // Whatever the answer: this page forgets.
    await call('signOutOfConsole', {}).catch(() => undefined)
    go('/')
    entered(null)
  }
  return (
    <section className="person" aria-label={me.name}>
      <p className="person-name">{me.name}</p>
      <p className="small">
        {[
          me.merchant?.name,
          rolesOf(me)
            .map((role) => say(roleWords[role] ?? 'roleViewer'))
            .join(', '),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {me.livemode ? null : <p className="sandbox-sign">◇ {say('sandbox')}</p>}
      <Sessions />
      <button type="button" className="plain-button" onClick={() => void leave()}>
        {say('signOut')}
      </button>
    </section>
  )
}
