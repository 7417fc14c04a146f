package config

import (
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

type Config struct {
	Listen  string   `yaml:"listen"`
	Origins []string `yaml:"origins"`
}

// Parse refuses unknown keys.
func Parse(source io.Reader) (Config, error) {
	decoder := yaml.NewDecoder(source)
	decoder.KnownFields(true)
	var config Config
	if err := decoder.Decode(&config); err != nil {
		return Config{}, fmt.Errorf("parse: %w", err)
	}
	if config.Listen == "" {
		return Config{}, fmt.Errorf("listen is missing")
	}
	return config, nil
}
