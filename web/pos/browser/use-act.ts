/** Doing one thing at a time, and what came of it: under way, refused, or cut off. */
import { useState } from 'react'
import { BackEndRefusal } from './ground.tsx'

export type Problem = { readonly code: string; readonly message: string }

export function useAct() {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = async (work: () => Promise<void>) => {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(
        error instanceof BackEndRefusal
          ? { code: error.code, message: error.message }
          : { code: 'connection_cut', message: '' },
      )
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, problem, run }
}
