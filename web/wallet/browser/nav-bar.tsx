/** The way about, at thumb height. */
import { useWords } from '@warifu/web/kit'
import { Link, type View } from './views.tsx'
import { type Word, words } from './words.ts'

type Place = { readonly to: View; readonly word: Word; readonly icon: string }

// biome-ignore format: a table
const places: readonly Place[] = [
  { to: '/', word: 'nav.home', icon: 'M3 6.5h18v11H3zM3 10h18M6 14.5h4' },
  { to: '/scan', word: 'nav.scan', icon: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M8 12h8' },
  { to: '/history', word: 'nav.history', icon: 'M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6' },
  { to: '/settings', word: 'nav.settings', icon: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4' },
]

export function NavBar() {
  const say = useWords(words)
  return (
    <nav className="nav" aria-label={say('nav.label')}>
      {places.map(({ to, word, icon }) => (
        <Link key={to} to={to} className="nav-link">
          <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
            <path d={icon} fill="none" stroke="currentColor" strokeWidth="1.7" />
          </svg>
          <span>{say(word)}</span>
        </Link>
      ))}
    </nav>
  )
}
