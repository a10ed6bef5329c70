// The work of lib.wyn with Go's own library.
package main

import (
	"bufio"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

func lap(name string, start time.Time, check int) {
	fmt.Println(name, time.Since(start).Microseconds(), check)
}
func next(x int) int { return (x*1103515245 + 12345) & 2147483647 }
func numbers(n int) []int {
	xs := []int{}
	x := 42
	for i := 0; i < n; i++ {
		x = next(x)
		xs = append(xs, x*2147483648+next(x))
	}
	return xs
}
func texts1() {
	t := time.Now()
	var sb strings.Builder
	for i := 0; i < 5000000; i++ {
		sb.WriteString("piece of text")
	}
	lap("build_64MB", t, len(sb.String()))
	t = time.Now()
	parts := []string{}
	for i := 0; i < 5000000; i++ {
		parts = append(parts, "piece of text")
	}
	lap("join_64MB", t, len(strings.Join(parts, "")))
	t = time.Now()
	grown := ""
	for i := 0; i < 20000; i++ {
		grown += "piece of text"
	}
	lap("concat_20000", t, len(grown))
	t = time.Now()
	digits := 0
	for i := 0; i < 5000000; i++ {
		digits += len("item " + strconv.Itoa(i) + " of " + strconv.Itoa(digits&7))
	}
	lap("interpolate_5M", t, digits)
	t = time.Now()
	total := 0
	for i := 0; i < 5000000; i++ {
		n, _ := strconv.Atoi(strconv.Itoa(i))
		total += n
	}
	lap("int_text_int_5M", t, total)
}
func texts2() {
	big := strings.Repeat("the quick brown fox, jumps over\nthe lazy dog; ", 2170000)
	t := time.Now()
	lap("split_100MB", t, len(strings.Split(big, " ")))
	t = time.Now()
	foxes := 0
	for _, p := range strings.Split(big, " ") {
		if p == "fox," {
			foxes++
		}
	}
	lap("split_loop_100MB", t, foxes)
	t = time.Now()
	lap("replace_100MB", t, len(strings.ReplaceAll(big, "lazy", "energetic")))
	t = time.Now()
	lap("find_100MB", t, strings.Index(big, "dog; end")+strings.LastIndex(big, "zebra"))
	t = time.Now()
	lap("count_100MB", t, strings.Count(big, "fox"))
	t = time.Now()
	lap("lines_100MB", t, len(strings.Split(big, "\n")))
	t = time.Now()
	long := 0
	for scan := bufio.NewScanner(strings.NewReader(big)); scan.Scan(); {
		if len(scan.Text()) > 40 {
			long++
		}
	}
	lap("lines_loop_100MB", t, long)
	t = time.Now()
	lap("upper_100MB", t, len(strings.ToUpper(big)))
	small := big[:10000000]
	t = time.Now()
	vowels := 0
	for _, c := range strings.Split(small, "") {
		if c == "e" {
			vowels++
		}
	}
	lap("chars_10MB", t, vowels)
	t = time.Now()
	spaces := 0
	for i := 0; i < len(small); i++ {
		if small[i] == ' ' {
			spaces++
		}
	}
	lap("index_10MB", t, spaces)
}
func sorts() {
	xs := numbers(10000000)
	t := time.Now()
	sort.Ints(xs)
	lap("sort_int_10M", t, xs[5000000])
	names := []string{}
	for _, x := range numbers(1000000) {
		names = append(names, "name"+strconv.Itoa(x%1000003))
	}
	t = time.Now()
	sort.Strings(names)
	lap("sort_text_1M", t, len(names[500000]))
	fs := []float64{}
	for _, x := range numbers(3000000) {
		fs = append(fs, float64(x)/3.0)
	}
	t = time.Now()
	sort.Float64s(fs)
	lap("sort_float_3M", t, int(fs[1500000]))
	ys := numbers(1000000)
	t = time.Now()
	sort.SliceStable(ys, func(i, j int) bool { return ys[j]%1000-ys[i]%1000 < 0 })
	lap("sort_by_1M", t, ys[500000]%1000)
}
func maps() {
	n := 10000000
	xs := numbers(n)
	t := time.Now()
	m := map[int]int{}
	for _, x := range xs {
		m[x] = x
	}
	lap("map_int_insert_10M", t, len(m))
	t = time.Now()
	sum := 0
	for _, x := range xs {
		sum += m[x] & 1
	}
	lap("map_int_find_10M", t, sum)
	keys := []string{}
	for _, x := range numbers(1000000) {
		keys = append(keys, "key:"+strconv.Itoa(x))
	}
	t = time.Now()
	w := map[string]int{}
	for i, k := range keys {
		w[k] = i
	}
	lap("map_text_insert_1M", t, len(w))
	t = time.Now()
	sum = 0
	for _, k := range keys {
		sum += w[k] & 1
	}
	lap("map_text_find_1M", t, sum)
	t = time.Now()
	counts := map[int]int{}
	for _, x := range xs {
		counts[x&1023]++
	}
	lap("map_count_10M", t, counts[7])
}
func chains() {
	xs := []int{}
	for i := 0; i < 10000000; i++ {
		xs = append(xs, i)
	}
	for _, name := range []string{"loop_10M", "chain_10M"} {
		t := time.Now()
		a := 0
		for _, x := range xs {
			y := x * 3
			if y%2 == 0 {
				a += y
			}
		}
		lap(name, t, a)
	}
	t := time.Now()
	s := 0
	for _, x := range xs {
		s += x * x
	}
	lap("reduce_10M", t, s)
	t = time.Now()
	at, max, any := -1, xs[0], 0
	for i, x := range xs {
		if x == 9999999 {
			at = i
			break
		}
	}
	for _, x := range xs {
		if x > max {
			max = x
		}
	}
	for _, x := range xs {
		if x < 0 {
			any = 1
			break
		}
	}
	lap("any_max_index_10M", t, at+max+any)
}
func main() {
	texts1()
	texts2()
	sorts()
	maps()
	chains()
}
