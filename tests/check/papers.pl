#!/usr/bin/perl
# The papers that ship filled in say what the program does: deploy/docs names every table of the database once and what a round's
# destruction empties, every criterion of WCAG 2.2 A and AA, and the bars of the rules as they are delivered.
use strict;
use warnings;
require './tests/check/c_text.pl';
load_exceptions('papers');

my $assessment = 'deploy/docs/dpia.md';
my $access = 'deploy/docs/toegankelijkheid.md';
my $rules = 'deploy/docs/algoritmeregister.md';
my @migrations = glob 'migrations/*.sql';

# ---- tables ----
my %table;
for my $file (@migrations) {
    my $sql = read_text($file);
    $table{$1} = 1 while $sql =~ /^CREATE TABLE(?: IF NOT EXISTS)? zs\.([a-z_]+)/mg;
    delete $table{$1} while $sql =~ /^DROP TABLE(?: IF EXISTS)? zs\.([a-z_]+)/mg;
}
my ($vacuum) = read_text('src/cmd/retention.c') =~ /("VACUUM .*?)\}/s;
my %emptied = map { $_ => 1 } $vacuum =~ /zs\.([a-z_]+)/g;
my %named;
my $line = 0;
for my $text (split /\n/, read_text($assessment)) {
    $line++;
    next unless $text =~ /^\| `([a-z_]+)` \|.*\| ([^|]*) \|$/;
    my ($name, $gone) = ($1, $2);
    fault($assessment, $line, "names zs.$name twice") if $named{$name}++;
    fault($assessment, $line, "names zs.$name, which no migration makes") unless $table{$name};
    fault($assessment, $line, "says of zs.$name '$gone', but retention does not empty it") if $gone =~ /\bR\b/ && !$emptied{$name};
    fault($assessment, $line, "says of zs.$name '$gone', but retention empties it") if $gone !~ /\b[RT]\b/ && $emptied{$name};
}
fault($assessment, 1, "does not name zs.$_") for grep { !$named{$_} } sort keys %table;

# ---- criteria (W3C, WCAG 2.2, 5 October 2023: levels A and AA; 4.1.1 is obsolete) ----
my @criteria = qw(1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11
    1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11 2.5.1 2.5.2 2.5.3 2.5.4
    2.5.7 2.5.8 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3);
my %judged = map { $_ => 1 } read_text($access) =~ /^\| (\d\.\d\.\d+) \| [^|]+ \| AA? \| (?:ja|gezien|n\.v\.t\.|nee) \| [^|]+ \|$/mg;
fault($access, 1, "does not judge criterion $_") for grep { !$judged{$_} } @criteria;

# ---- bars ----
my ($bars) = read_text('config/zevenstem.conf') =~ /^\[suggestions\]\n(.*?)(?=^\[|\z)/ms;
my $told = read_text($rules);
while ($bars =~ /^(\w+) = (\d+)$/mg) {
    fault($rules, 1, "does not say that $1 is delivered as $2") unless $told =~ /`$1` = $2\b/;
}
finish('papers', 3);
