// data.go jsonl|lines|regex FOLDER - the same as data.wyn in Go.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sync"
	"time"
)

type event struct {
	Kind string `json:"kind"`
	User struct {
		Score float64 `json:"score"`
	} `json:"user"`
}

func jsonl(dir string) string {
	entries, _ := os.ReadDir(dir + "/jsonl")
	lines, sum := 0, 0.0
	var lock sync.Mutex
	var all sync.WaitGroup
	for _, e := range entries {
		all.Add(1)
		go func(path string) {
			defer all.Done()
			text, _ := os.ReadFile(path)
			n, s := 0, 0.0
			for scan := bufio.NewScanner(bytes.NewReader(text)); scan.Scan(); n++ {
				var v event
				if err := json.Unmarshal(scan.Bytes(), &v); err != nil {
					panic(err)
				}
				s += v.User.Score
			}
			lock.Lock()
			lines, sum = lines+n, sum+s
			lock.Unlock()
		}(dir + "/jsonl/" + e.Name())
	}
	all.Wait()
	return fmt.Sprintf("%d:%.0f", lines, sum)
}

func lines(dir string) string {
	f, _ := os.Open(dir + "/text")
	n, size := 0, 0
	for scan := bufio.NewScanner(f); scan.Scan(); n++ {
		size += len(scan.Text())
	}
	return fmt.Sprintf("%d:%d", n, size)
}

func count(text []byte, pattern string) int {
	return len(regexp.MustCompile(pattern).FindAllIndex(text, -1))
}

func main() {
	what, dir := os.Args[1], os.Args[2]
	var text []byte
	if what == "regex" {
		text, _ = os.ReadFile(dir + "/text")
	}
	start, figure := time.Now(), ""
	switch what {
	case "jsonl":
		figure = jsonl(dir)
	case "lines":
		figure = lines(dir)
	case "regex":
		figure = fmt.Sprintf("%d:%d", count(text, "[a-z]+ing"), count(text, "(buy|share)$|9{3}"))
	}
	fmt.Println(what, time.Since(start).Milliseconds(), figure)
}
