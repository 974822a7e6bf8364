#!/usr/bin/perl
# The type of a problem (RFC 9457) is an address; there has to be a page behind it. Every type that the source gives has a title and a
# text in both locales, and none is left over there.
use strict;
use warnings;
use JSON::PP;

my %given;
for my $file (split /\n/, `find src -name '*.c'`) {
    open my $in, '<', $file or die "$file: $!";
    my $text = do { local $/; <$in> };
    $given{$1} = $file while $text =~ /\b(?:http_problem|problem_refuse)\(\s*[\w>-]+,\s*\d+,\s*(?:\w+ \? \w+ : )?"([^"]+)"/g;
    # Those of a status, in the table of what each says: "type" is the last of an entry.
    for my $texts ($text =~ /\bproblem_text texts\[\] = \{(.*?)\n\};/gs) {
        $given{$1} = $file while $texts =~ /"([a-z]+(?:-[a-z]+)+)"\},/g;
    }
    # Rules of releases, each the type of a refusal.
    for my $rules ($text =~ /\brelease_rules\[\] = \{(.*?)\n\};/gs) {
        $given{$1} = $file while $rules =~ /\{\s*"([a-z-]+)"/g;
    }
}
my $faults = 0;
sub fault { print "@_\n"; $faults++ }
for my $language ('nl', 'en') {
    open my $in, '<', "config/locales/$language.json" or die $!;
    my $types = decode_json(do { local $/; <$in> })->{problem}{type};
    for my $type (sort keys %given) {
        my $entry = $types->{$type};
        fault("$given{$type}: the problem \"$type\" has no title and text in config/locales/$language.json (problem.type)") unless $entry && $entry->{title} && $entry->{text};
    }
    fault("config/locales/$language.json: problem.type.$_ is given by nobody") for grep { !$given{$_} } sort keys %$types;
}
exit($faults ? 1 : 0);
