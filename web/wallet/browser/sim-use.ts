/** What the page's parts know of the SIM: what was kept of it. */
import { useQuery } from '@tanstack/react-query'
import { type KeptSim, readSim } from './sim.ts'
import { useWorld } from './world.tsx'

export const useSim = () => {
  const { kept } = useWorld()
  return useQuery<KeptSim | null>({
    queryKey: ['kept', 'sim'],
    queryFn: () => readSim(kept),
    networkMode: 'always',
  })
}
