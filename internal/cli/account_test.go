package cli

import (
	"os"
	"strconv"
	"testing"
)

// Whoever writes $USER is not taken for somebody else.
func TestAccountIsNotThatOfTheEnvironment(t *testing.T) {
	t.Setenv("USER", "mallory")
	a, err := account()
	if err != nil {
		t.Fatal(err)
	}
	if a.Name == "mallory" || a.ID == "" {
		t.Errorf("account() = %+v, want that of the process", a)
	}
	if uid := os.Getuid(); uid >= 0 && a.ID != strconv.Itoa(uid) {
		t.Errorf("account() = %+v, want the number %d", a, uid)
	}
	if os.Getenv("USER") != "mallory" {
		t.Error("account() changed the environment")
	}
	if a, err := numbered(65532); err != nil || a.String() != "65532" {
		t.Errorf("numbered(65532) = %v, %v", a, err)
	}
	if _, err := numbered(-1); err == nil {
		t.Error("numbered(-1) is an account, want an error")
	}
}
