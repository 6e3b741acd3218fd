//go:build !unix

package regular

// nonblock is nothing where directories hold no FIFOs.
const nonblock = 0
