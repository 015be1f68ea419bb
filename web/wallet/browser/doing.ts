/** A piece of work that a button begins: whether it runs, and what went wrong with it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** `name`: where somebody else on the page must know that it runs. */
export function useDoing<I = void>(work: (input: I) => Promise<unknown>, name = 'doing') {
  const client = useQueryClient()
  const { mutate, isPending, error, reset } = useMutation<unknown, Error, I>({
    mutationKey: [name],
    mutationFn: work,
    networkMode: 'always',
    // Whatever it did, or did not do: what is shown is asked for anew.
    onSettled: async () => {
      void client.invalidateQueries()
      await client.invalidateQueries({ queryKey: ['kept'] })
    },
  })
  return { begin: mutate, runs: isPending, error, forget: reset }
}
