package jirasim

import "testing"

// Numbers are written as Java writes them.
func TestJavaNumber(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0.0", 12: "12.0", 12.5: "12.5", -0.25: "-0.25", 9999999: "9999999.0", 1e7: "1.0E7", 123456789: "1.23456789E8", 0.0001: "1.0E-4", -2.5e-10: "-2.5E-10",
	} {
		if got := string(javaNumber(n)); got != want {
			t.Errorf("javaNumber(%v) = %s, want %s", n, got, want)
		}
	}
}
