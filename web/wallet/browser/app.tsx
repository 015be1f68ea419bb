/** The page as a whole: what stands around every view, and which view is shown. */
import {
  QueryClient,
  QueryClientProvider,
  useIsMutating,
  useQueryClient,
} from '@tanstack/react-query'
import { Mark, Said, useWords } from '@warifu/web/kit'
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from 'react'
import { useEnrolled, useIsArriving, useStopped, useTerminalState } from './asking.ts'
import { HomeView } from './home.tsx'
import { EnrolView, JOINING, JoinView } from './join.tsx'
import { NavBar } from './nav-bar.tsx'
import { OneMoment } from './one-moment.tsx'
import { PayView } from './pay.tsx'
import { useFollowing, useOnline, useReached } from './staying.ts'
import { useView } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'
import './wallet.css'

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, refetchOnWindowFocus: true } },
})

export const App = () => (
  <QueryClientProvider client={client}>
    <Page />
  </QueryClientProvider>
)

function Page() {
  const { kept } = useWorld()
  const queries = useQueryClient()
  useEffect(
    () => kept.onChange(() => void queries.invalidateQueries({ queryKey: ['kept'] })),
    [kept, queries],
  )
  const { data: state } = useTerminalState()
  const isJoining = useIsMutating({ mutationKey: [JOINING] }) > 0
  const { data: isEnrolled } = useEnrolled()
  const { data: stopped } = useStopped()
  const { data: isArriving } = useIsArriving()
  useFollowing(isEnrolled === true && isArriving === false)
  if (state === undefined || isEnrolled === undefined) return <Frame>{null}</Frame>
  if (state.cardholder === null || isJoining) return <Frame>{<JoinView />}</Frame>
  if (!isEnrolled) return <Frame>{<EnrolView />}</Frame>
  if (isArriving)
    return (
      <Frame>
        <Suspense fallback={null}>
          <ArrivingView />
        </Suspense>
      </Frame>
    )
  if (stopped)
    return (
      <Frame nav={<NavBar />}>
        <Suspense fallback={null}>
          <StoppedView />
        </Suspense>
      </Frame>
    )
  return (
    <Frame nav={<NavBar />}>
      <Suspense fallback={null}>
        <AskedSheet />
      </Suspense>
      <Current />
    </Frame>
  )
}

/** Loaded when somebody goes there: what opens first stays small. */
const later = (load: () => Promise<ComponentType>) => lazy(async () => ({ default: await load() }))

const ArrivingView = later(async () => (await import('./arriving.tsx')).ArrivingView)
const StoppedView = later(async () => (await import('./stopped.tsx')).StoppedView)
const AskedSheet = later(async () => (await import('./asked-sheet.tsx')).AskedSheet)

const views: Readonly<Record<string, ComponentType>> = {
  '/': HomeView,
  '/pay': PayView,
  '/scan': later(async () => (await import('./scan.tsx')).ScanView),
  '/code': later(async () => (await import('./show-code.tsx')).CodeView),
  '/history': later(async () => (await import('./history.tsx')).HistoryView),
  '/apply': later(async () => (await import('./apply.tsx')).ApplyView),
  '/plastic': later(async () => (await import('./plastic.tsx')).PlasticView),
  '/reader': later(async () => (await import('./reader.tsx')).ReaderView),
  '/cards': later(async () => (await import('./holding.tsx')).HoldingView),
  '/devices': later(async () => (await import('./devices.tsx')).DevicesView),
  '/sim': later(async () => (await import('./sim-view.tsx')).SimView),
  '/settings': later(async () => (await import('./settings.tsx')).SettingsView),
}

function Current() {
  const View = views[useView()] ?? HomeView
  return (
    <Suspense fallback={<OneMoment />}>
      <View />
    </Suspense>
  )
}

function Frame({ nav, children }: { readonly nav?: ReactNode; readonly children: ReactNode }) {
  const say = useWords(words)
  const isOnline = useOnline()
  const isReached = useReached()
  return (
    <div className="page">
      <header className="page-head">
        <Mark size={28} />
        <span className="page-name">{say('name')}</span>
      </header>
      <main className="page-main">
        {isOnline && isReached ? null : (
          <Said tone="waiting" title={say(isOnline ? 'offline.silent' : 'offline.title')}>
            {say('offline.more')}
          </Said>
        )}
        {children}
      </main>
      {nav}
    </div>
  )
}
