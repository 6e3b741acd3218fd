package text

import (
	"slices"
	"strings"
)

// tooMany bounds the table of the alignment. Longer texts are aligned only at their beginning
// and end.
const tooMany = 1 << 22

// align returns for each element of a the element of b that it goes with, or -1: the
// longest common subsequence.
func align(a, b []string) []int {
	out := make([]int, len(a))
	for i := range out {
		out[i] = -1
	}
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		out[from] = from
		from++
	}
	toA, toB := len(a), len(b)
	for toA > from && toB > from && a[toA-1] == b[toB-1] {
		toA, toB = toA-1, toB-1
		out[toA] = toB
	}
	x, y := a[from:toA], b[from:toB]
	if len(x) == 0 || len(y) == 0 || len(x)*len(y) > tooMany {
		return out
	}
	w := len(y) + 1
	best := make([]int32, (len(x)+1)*w)
	for i, l := range slices.Backward(x) {
		for j, r := range slices.Backward(y) {
			if l == r {
				best[i*w+j] = best[(i+1)*w+j+1] + 1
			} else {
				best[i*w+j] = max(best[(i+1)*w+j], best[i*w+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			out[from+i] = from + j
			i, j = i+1, j+1
		case best[(i+1)*w+j] >= best[i*w+j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// pairUp pairs the elements that align left without a partner between two pairs: in order if both
// sides have equally many, otherwise the most similar ones.
func pairUp(pairs []int, a, b []string) []int {
	out := append([]int(nil), pairs...)
	i, j := 0, 0
	for i <= len(a) {
		k := i
		for k < len(a) && out[k] < 0 {
			k++
		}
		end := len(b)
		if k < len(a) {
			end = out[k]
		}
		runPairs(out, a, b, i, k, j, end)
		if k == len(a) {
			break
		}
		i, j = k+1, end+1
	}
	return out
}

// runPairs pairs a[i:k] with b[j:end]; none of them has a partner yet.
func runPairs(out []int, a, b []string, i, k, j, end int) {
	if k-i == end-j {
		for n := range k - i {
			out[i+n] = j + n
		}
		return
	}
	for ; i < k; i++ {
		best, at := 0.3, -1
		for n := j; n < min(end, j+64); n++ {
			if s := alike(a[i], b[n]); s > best {
				best, at = s, n
			}
		}
		if at >= 0 {
			out[i] = at
			j = at + 1
		}
	}
}

// alike returns the share of equal words in two texts, 0 to 1.
func alike(a, b string) float64 {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	count := map[string]int{}
	for _, w := range x {
		count[w]++
	}
	same := 0
	for _, w := range y {
		if count[w] > 0 {
			count[w]--
			same++
		}
	}
	return 2 * float64(same) / float64(len(x)+len(y))
}
