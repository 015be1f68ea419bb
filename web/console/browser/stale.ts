/** After an act all that is shown is read anew: what an act touches, the API knows better. */
import { useQueryClient } from '@tanstack/react-query'

export function useStale(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries()
}
