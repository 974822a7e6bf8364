#!/usr/bin/perl
# Sizes: 400 lines a file and 60 a function are what we aim for, 800 and 100 the end. Past the aim is told, past the end refused.
# A function runs from a brace in the first column to the next closing brace in the first column (.clang-format sees to it).
use strict;
use warnings;
require './tests/check/c_text.pl';
load_exceptions('sizes');

my @soft;
my @files = project_files(qr{^(?:src|tests)/.*\.(?:c|h|sh|pl|mjs|js)$|^deploy/.*\.sh$});
for my $file (@files) {
    my @lines = split /\n/, read_text($file), -1;
    pop @lines;
    my $count = @lines;
    if ($count > 800) { fault($file, 800, "$count lines, 800 is the end") }
    elsif ($count > 400) { push @soft, "$file: $count lines" }
    next unless $file =~ /\.c$/;
    my ($start, $name) = (0, '');
    for my $i (0 .. $#lines) {
        $name = $1 if !$start && $lines[$i] =~ /^\S.*?\b(\w+)\s*\(/;
        if ($lines[$i] eq '{') { $start = $i + 1 }
        elsif ($start && $lines[$i] =~ /^\}/) {
            my $length = $i + 2 - $start;
            if ($length > 100) { fault($file, $start, "$name() has $length lines, 100 is the end") }
            elsif ($length > 60) { push @soft, "$file:$start: $name() $length lines" }
            $start = 0;
        }
    }
}
print "past the aim (no fault): $_\n" for @soft;
finish('sizes', scalar @files);
