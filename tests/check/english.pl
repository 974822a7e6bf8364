#!/usr/bin/perl
# Commands say in English what is wrong with a document or a record: every Dutch sentence of the files that check them stands in
# src/cmd/english.c with one that takes the same arguments in the same order, and nothing is left over there.
use strict;
use warnings;
require './tests/check/c_text.pl';

my @says = project_files(qr{^src/(?:
      json/(?:messages\.c|decode\.h)
    | features/questionnaire/(?:load\w*|codebook\w*|answer_flat)\.c
    | features/survey/survey_(?:bundle\.h|bundle\.c|bundle_check\.c|next\.c|decode\.c|import\.c|import_csv\.c|offer_plan\.c)
    | features/fieldwork/fieldwork_guide\.c
    | features/coding/coding_book\.c
    | features/results/results_(?:margins|release_document|book_read)\.c
    | features/tafel/tafel_agenda\.c
    | features/example/example_bank\.c
    )$}x);

# String literals that stand side by side are one text; so are those of a macro of the same file.
sub texts {
    my ($file) = @_;
    my (%macros, @texts, @text);
    my $source = read_text($file);
    $macros{$1} = $2 while $source =~ /^#define (\w+) "((?:[^"\\]|\\.)*)"$/gm;
    for my $token (@{c_tokens($source)}, ['end', '', 0]) {
        my ($kind, $value, $line) = @$token;
        if ($kind eq 'string' || ($kind eq 'word' && defined $macros{$value} && @texts)) {
            @text = ('', $line) unless @text;
            $text[0] .= $kind eq 'string' ? $value =~ s/^"|"$//gr : $macros{$value};
        } else {
            push @texts, [@text] if @text || !@texts;
            @text = ();
        }
    }
    return grep { defined $_->[0] } @texts;
}
sub arguments { join ' ', $_[0] =~ /%[-0-9.*]*(?:ll|z)?[a-z]|\{[12]\}/g }

my $told = 0;
sub wrong { print "@_\n"; $told++ }
my @listed = map { $_->[0] } texts('src/cmd/english.c');
shift @listed while @listed && $listed[0] ne 'Vul dit veld in: het is verplicht.';
my %english = @listed;
my %said;
for my $file (@says) {
    for (texts($file)) {
        my ($text, $line) = @$_;
        $said{$text} = 1;
        next unless $text =~ /^\S+ .*\.$/s;
        wrong("$file:$line: \"$text\" has no English in src/cmd/english.c") unless defined $english{$text};
    }
}
$said{$_->[0]} = 1 for map { texts($_) } project_files(qr{^src/features/results/results_(?:query|weighting)\.c$});
for my $dutch (sort keys %english) {
    wrong("src/cmd/english.c: \"$dutch\" is said by nobody") unless $said{$dutch};
    wrong("src/cmd/english.c: \"$english{$dutch}\" takes other arguments than \"$dutch\"") unless arguments($dutch) eq arguments($english{$dutch});
}
exit($told ? 1 : 0);
