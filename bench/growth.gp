# growth.gp: DATA is what growth.py wrote, SVG is made. Two panels: time, and memory. Each line has its name at its end.
set terminal svg size 960,420 font "Helvetica,12" noenhanced background rgb "white" dynamic
set encoding utf8
set output svg
set datafile separator "\t"
set datafile missing "?"
set logscale xy
set multiplot layout 1,2
set grid xtics ytics linecolor rgb "#dddddd" linetype 1
set border 3 linecolor rgb "#444444"
set tics nomirror textcolor rgb "#222222"
set xlabel "domains in policies.ini" textcolor rgb "#222222"
set key off
set xrange [7:4e7]
set xtics font ",11" ("10" 10, "100" 100, "1,000" 1e3, "10,000" 1e4, "100,000" 1e5, "1 million" 1e6)

# Of a column: the last line that has a value, its domains and that value.
line(column) = system(sprintf("awk -F'\t' 'NR > 1 && $%d != \"?\" { at = $1 \" \" $%d } END { print at }' %s", column, column, data))
at(column) = real(word(line(column), 1))
last(column) = real(word(line(column), 2))

set title "Time" textcolor rgb "#222222"
set yrange [0.01:200000]
set ytics ("10 µs" 0.01, "0.1 ms" 0.1, "1 ms" 1, "10 ms" 10, "0.1 s" 100, "1 s" 1e3, "10 s" 1e4, "100 s" 1e5) norotate
set label 1 " load" at at(2),last(2) textcolor rgb "#0060b0" offset 0.9,0.3
set label 2 " reload" at at(3),last(3) textcolor rgb "#3a86d0" offset 0.9,-0.2
set label 3 " answer, FastCGI" at at(4),last(4) textcolor rgb "#007a3d" offset 0.9,0
set label 4 " answer, CGI" at at(5),last(5) textcolor rgb "#b05000" offset 0.9,-0.4
set label 5 " iniparser_load" at at(6),last(6) textcolor rgb "#777777" offset 0.9,0.5
plot data using 1:6 skip 1 with linespoints linewidth 2 dashtype 2 pointtype 6 linecolor rgb "#777777", \
     data using 1:2 skip 1 with linespoints linewidth 2 pointtype 7 linecolor rgb "#0060b0", \
     data using 1:3 skip 1 with linespoints linewidth 2 pointtype 5 linecolor rgb "#3a86d0", \
     data using 1:5 skip 1 with linespoints linewidth 2 pointtype 9 linecolor rgb "#b05000", \
     data using 1:4 skip 1 with linespoints linewidth 2.5 pointtype 7 linecolor rgb "#007a3d"
unset label

set title "Memory, FastCGI, 16 threads"
set yrange [0.0005:1000]
set ytics ("1 kB" 0.001, "10 kB" 0.01, "0.1 MB" 0.1, "1 MB" 1, "10 MB" 10, "100 MB" 100, "1 GB" 1000)
set label 1 " resident" at at(7),last(7) textcolor rgb "#0060b0" offset 0.9,0.4
set label 2 " policies.ini" at at(8),last(8) textcolor rgb "#777777" offset 0.9,-0.4
plot data using 1:8 skip 1 with linespoints linewidth 2 dashtype 2 pointtype 6 linecolor rgb "#777777", \
     data using 1:7 skip 1 with linespoints linewidth 2.5 pointtype 7 linecolor rgb "#0060b0"
