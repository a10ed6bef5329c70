// Counts points of the Mandelbrot set; see bench/mandelbrot.wyn.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func isInside(cr, ci float64) bool {
	zr, zi := 0.0, 0.0
	for i := 0; i < 50; i++ {
		r2, i2 := zr*zr, zi*zi
		if r2+i2 > 4.0 {
			return false
		}
		zi = 2.0*zr*zi + ci
		zr = r2 - i2 + cr
	}
	return true
}

func main() {
	n := 2000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	inside := 0
	for y := 0; y < n; y++ {
		for x := 0; x < n; x++ {
			if isInside(2.0*float64(x)/float64(n)-1.5, 2.0*float64(y)/float64(n)-1.0) {
				inside++
			}
		}
	}
	fmt.Println(inside)
}
