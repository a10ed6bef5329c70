// The most frequent words of a text; see examples/word_frequency.wyn.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

type entry struct {
	word  string
	count int
}

func countWords(text string) map[string]int {
	counts := map[string]int{}
	for _, piece := range strings.Fields(strings.ToLower(text)) {
		if word := strings.Trim(piece, ".,;:!?\"'()"); word != "" {
			counts[word]++
		}
	}
	return counts
}

func main() {
	if len(os.Args) < 2 {
		os.Exit(1)
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	howMany := 10
	if len(os.Args) > 2 {
		howMany, _ = strconv.Atoi(os.Args[2])
	}
	entries, total := []entry{}, 0
	for word, count := range countWords(string(text)) {
		entries = append(entries, entry{word, count})
		total += count
	}
	sort.Slice(entries, func(i, j int) bool {
		a, b := entries[i], entries[j]
		return a.count > b.count || a.count == b.count && a.word < b.word
	})
	fmt.Printf("%d words, %d different\n", total, len(entries))
	for i, e := range entries {
		if i == howMany {
			break
		}
		fmt.Printf("%8d  %s\n", e.count, e.word)
	}
}
