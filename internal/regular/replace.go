package regular

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace writes a file in the place of the one that is there. Either the old or the new file is
// there, whenever the machine stops, and whoever reads meanwhile finds one of them whole. Only
// the owner may read it.
func Replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
