package app

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many percent the heap may grow between two runs of the garbage collector.
const heapGrowth = 200

// collectLess lets the garbage collector run half as often as by default. What a daemon keeps in memory is small, 20 MB beside 100,000
// records, so the default has it run some times a second while people read pages, and they wait for it. Whoever sets GOGC
// decides themselves.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
