package attachments

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Store keeps files under root, in one folder for each ticket.
type Store struct {
	root string
}

func NewStore(root string) *Store {
	return &Store{root: root}
}

// Save writes a new file. The name is made by us.
func (s *Store) Save(ticket int64, name string, body io.Reader) (err error) {
	folder := filepath.Join(s.root, fmt.Sprint(ticket))
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("attachment folder of ticket %d: %w", ticket, err)
	}
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("attachment of ticket %d: %w", ticket, err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	_, err = io.Copy(file, body)
	return err
}
