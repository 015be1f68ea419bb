/** The sandbox's air: multicast that stays on this machine; its port is the sandbox's own. */
export const airOf = (port: number): string => `udp:239.255.73.87:${port}`
