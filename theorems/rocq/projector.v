(* The diagonal of an orthogonal projector. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Projector.
Variables (R : realFieldType) (d : nat) (P : 'M[R]_d).
Hypotheses (symP : P^T = P) (idemP : P *m P = P).

Lemma projector_sym a b : P a b = P b a.
Proof. by rewrite -[in LHS]symP mxE. Qed.

Lemma diagonal_is_sum_of_squares i : \sum_j P i j ^+ 2 = P i i.
Proof.
rewrite -[in RHS]idemP mxE; apply: eq_bigr => j _.
by rewrite expr2 [in RHS]projector_sym [P j i in RHS]projector_sym.
Qed.

Lemma diagonal_ge0 i : 0 <= P i i.
Proof. by rewrite -diagonal_is_sum_of_squares sumr_ge0 // => j _; apply: sqr_ge0. Qed.

Lemma diagonal_le1 i : P i i <= 1.
Proof.
have h : P i i ^+ 2 <= P i i.
  rewrite -[X in _ <= X]diagonal_is_sum_of_squares (bigD1 i) //= ler_addl.
  by apply: sumr_ge0 => j _; apply: sqr_ge0.
have := diagonal_ge0 i; rewrite le_eqVlt => /orP[/eqP <-|hp]; first exact: ler01.
by move: h; rewrite expr2 -[X in _ <= X]mulr1 ler_pmul2l.
Qed.
End Projector.
