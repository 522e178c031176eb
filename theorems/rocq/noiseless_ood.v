(* Without noise the solution is exact on identified features and on their combinations. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section NoiselessOod.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (P : 'M[R]_d).
(* P is the orthogonal projector on the row space of X; only X P = X and symmetry are used. *)
Hypotheses (symP : P^T = P) (XP : X *m P = X).

(* e_i is in the row space *)
Definition identified i := ((delta_mx 0 i : 'rV[R]_d) <= X)%MS.
Variable beta : 'cV[R]_d.
Let error := - ((1%:M - P) *m beta).

Lemma projector_fixes_row_space (x : 'rV[R]_d) : (x <= X)%MS -> x *m P = x.
Proof. by case/submxP => u ->; rewrite -mulmxA XP. Qed.

Lemma no_error_in_row_space (x : 'rV[R]_d) : (x <= X)%MS -> x *m error = 0.
Proof.
move=> h; rewrite /error mulmxN mulmxA mulmxBr mulmx1 projector_fixes_row_space //.
by rewrite subrr mul0mx oppr0.
Qed.

Theorem no_error_on_identified i : identified i -> error i 0 = 0.
Proof.
move/no_error_in_row_space => e.
by have := congr1 (fun M : 'M_1 => M 0 0) e; rewrite -rowE !mxE.
Qed.

Theorem no_loss_on_combinations (x : 'rV[R]_d) :
  (forall i, x 0 i != 0 -> identified i) -> x *m error = 0.
Proof.
move=> h; apply/matrixP => a b; rewrite !ord1 mxE [RHS]mxE big1 // => i _.
have [->|/h/no_error_on_identified ->] := eqVneq (x 0 i) 0; first by rewrite mul0r.
by rewrite mulr0.
Qed.

Lemma identified_row_of_projector i j : identified i -> (1%:M - P) j i = 0.
Proof.
move/projector_fixes_row_space; rewrite -rowE => /(congr1 (fun M : 'rV[R]_d => M 0 j)).
rewrite !mxE eqxx /= => e.
by have := congr1 (fun M : 'M[R]_d => M j i) symP; rewrite mxE e => <-; rewrite subrr.
Qed.
End NoiselessOod.
