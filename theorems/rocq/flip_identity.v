(* Signs of the coefficients do not matter, on average: the expectation over designs, on any event
   that flips of columns leave alone. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import projector flips row_projector noiseless_ood finite_model.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Signs.
Variables (R : realFieldType) (d : nat).

Lemma square_of_sign (f : {ffun 'I_d -> bool}) j : sgn R f j * sgn R f j = 1.
Proof. by rewrite /sgn -signr_addb addbb. Qed.

Lemma sum_of_signs (j k : 'I_d) :
  \sum_f sgn R f j * sgn R f k = (j == k)%:R * (2 ^ d)%:R.
Proof.
have [->|jk] := eqVneq j k.
  rewrite mul1r (eq_bigr (fun=> 1)) => [|f _]; last exact: square_of_sign.
  by rewrite sumr_const card_ffun card_bool card_ord.
by rewrite mul0r; have /eqP := @cross_terms_vanish R d j k jk; rewrite mulrn_eq0 /= => /eqP.
Qed.

(* fair signs: the mean square of a signed sum *)
Lemma mean_square_of_signed_sum (a : 'I_d -> R) :
  \sum_f (\sum_j a j * sgn R f j) ^+ 2 = (2 ^ d)%:R * \sum_j a j ^+ 2.
Proof.
under eq_bigr => f _.
  rewrite expr2 big_distrlr /=.
  over.
rewrite exchange_big mulr_sumr; apply: eq_bigr => j _ /=.
rewrite exchange_big (bigD1 j) //= [X in _ + X]big1 => [|k kj].
  under eq_bigr => f _ do rewrite mulrACA.
  by rewrite -mulr_sumr sum_of_signs eqxx mul1r addr0 -expr2 mulrC.
under eq_bigr => f _ do rewrite mulrACA.
by rewrite -mulr_sumr sum_of_signs eq_sym (negbTE kj) mul0r mulr0.
Qed.
End Signs.

Section FlipIdentity.
Variables (R : realFieldType) (n d : nat) (p : 'I_d -> R).
Definition null_projector (w : design n d) : 'M[R]_d := 1%:M - row_projector (design_matrix R w).
Definition error (b : 'I_d -> R) (w : design n d) : 'cV[R]_d :=
  - (null_projector w *m \col_j b j).
Definition is_identified (w : design n d) i := identified (design_matrix R w) i.

Definition signs (f : {ffun 'I_d -> bool}) : 'M[R]_d := diag_mx (\row_i sgn R f i).

Lemma signs_sym f : (signs f)^T = signs f.
Proof. exact: tr_diag_mx. Qed.

Lemma signsK f : signs f *m signs f = 1%:M.
Proof.
rewrite mulmx_diag; apply/matrixP => i j; rewrite !mxE square_of_sign.
by case: eqP.
Qed.

Lemma matrix_flip f (w : design n d) : design_matrix R (flip_design f w) = design_matrix R w *m signs f.
Proof.
apply/matrixP => r i; rewrite mul_mx_diag !mxE !ffunE value_flip rmorphM /= mulrC.
by rewrite rmorphX rmorphN1.
Qed.

Lemma null_projector_flip f (w : design n d) :
  null_projector (flip_design f w) = signs f *m null_projector w *m signs f.
Proof.
rewrite /null_projector matrix_flip row_projector_of_flip ?signs_sym ?signsK //.
by rewrite mulmxBr mulmxBl mulmx1 signsK.
Qed.

Lemma null_projector_flip_entry f (w : design n d) i j :
  null_projector (flip_design f w) i j = sgn R f i * null_projector w i j * sgn R f j.
Proof. by rewrite null_projector_flip mul_mx_diag mul_diag_mx !mxE. Qed.

Lemma null_projector_sym (w : design n d) : (null_projector w)^T = null_projector w.
Proof. by case: (row_projectorP (design_matrix R w)) => s _ _; rewrite linearB /= trmx1 s. Qed.

Lemma null_projector_idem (w : design n d) : null_projector w *m null_projector w = null_projector w.
Proof.
have e := row_projector_idem (row_projectorP (design_matrix R w)).
by rewrite /null_projector mulmxBr mulmx1 mulmxBl mul1mx e subrr subr0.
Qed.

Lemma error_square b (w : design n d) i :
  error b w i 0 ^+ 2 = (\sum_j null_projector w i j * b j) ^+ 2.
Proof.
rewrite /error mxE sqrrN mxE; congr (_ ^+ 2); apply: eq_bigr => j _.
by congr (_ * _); rewrite mxE.
Qed.

Theorem flip_identity beta (A : pred (design n d)) i :
  (forall f w, A (flip_design f w) = A w) ->
  expect p (fun w => (A w)%:R * error beta w i 0 ^+ 2) =
  \sum_j expect p (fun w => (A w)%:R * null_projector w i j ^+ 2) * beta j ^+ 2.
Proof.
move=> invariant; set L := LHS.
have c0 : (2 ^ d)%:R != 0 :> R by rewrite pnatr_eq0 expn_eq0.
apply: (mulfI c0).
have -> : (2 ^ d)%:R * L = \sum_(f : {ffun 'I_d -> bool}) L.
  by rewrite sumr_const card_ffun card_bool card_ord mulr_natl.
have flipped f : L = expect p (fun w => (A w)%:R *
    (\sum_j null_projector w i j * beta j * sgn R f j) ^+ 2).
  rewrite /L -(expect_flip p f); apply: eq_expect => w; rewrite invariant error_square.
  congr (_ * _).
  under eq_bigr => j _ do rewrite null_projector_flip_entry -!mulrA (mulrC (sgn R f j)).
  rewrite -mulr_sumr exprMn [sgn R f i ^+ 2]expr2 square_of_sign mul1r.
  by congr (_ ^+ 2); apply: eq_bigr => j _; rewrite mulrA.
rewrite (eq_bigr _ (fun f _ => flipped f)) -expect_sum.
transitivity (expect p (fun w => (2 ^ d)%:R *
    \sum_j (A w)%:R * null_projector w i j ^+ 2 * beta j ^+ 2)).
  apply: eq_expect => w; rewrite -mulr_sumr mean_square_of_signed_sum mulrCA.
  by congr (_ * _); rewrite mulr_sumr; apply: eq_bigr => j _; rewrite exprMn mulrA.
rewrite expectZ expect_sum; congr (_ * _); apply: eq_bigr => j _.
by rewrite [RHS]mulrC -expectZ; apply: eq_expect => w; rewrite mulrC.
Qed.

Lemma no_event beta i : expect p (fun w => error beta w i 0 ^+ 2) =
  expect p (fun w => (predT w)%:R * error beta w i 0 ^+ 2).
Proof. by apply: eq_expect => w; rewrite mul1r. Qed.

Theorem signs_do_not_matter (b c : 'I_d -> R) i : (forall j, b j ^+ 2 = c j ^+ 2) ->
  expect p (fun w : design n d => error b w i 0 ^+ 2) = expect p (fun w => error c w i 0 ^+ 2).
Proof.
move=> bc; rewrite !no_event !flip_identity //; apply: eq_bigr => j _.
by rewrite bc.
Qed.

Lemma null_projector_row (w : design n d) i :
  \sum_j null_projector w i j ^+ 2 = null_projector w i i.
Proof.
exact: diagonal_is_sum_of_squares (null_projector_sym w) (null_projector_idem w) i.
Qed.

Lemma null_projector_le1 (w : design n d) i : null_projector w i i <= 1.
Proof. exact: diagonal_le1 (null_projector_sym w) (null_projector_idem w) i. Qed.

Lemma null_projector_of_identified (w : design n d) i j :
  is_identified w i -> null_projector w j i = 0.
Proof.
case: (row_projectorP (design_matrix R w)) => s f _.
exact: identified_row_of_projector s f i j.
Qed.

Hypotheses (p0 : forall i, 0 <= p i) (p1 : forall i, p i <= 1).

(* at most B^2 times the mean of (I - P)_ii, on the event *)
Theorem error_at_most_diagonal beta B (A : pred (design n d)) i :
  (forall f w, A (flip_design f w) = A w) -> (forall j, beta j ^+ 2 <= B ^+ 2) ->
  expect p (fun w => (A w)%:R * error beta w i 0 ^+ 2) <=
  B ^+ 2 * expect p (fun w => (A w)%:R * null_projector w i i).
Proof.
move=> invariant bB; rewrite flip_identity //.
have -> : B ^+ 2 * expect p (fun w => (A w)%:R * null_projector w i i) =
    \sum_j expect p (fun w => (A w)%:R * null_projector w i j ^+ 2) * B ^+ 2.
  rewrite -mulr_suml mulrC -expect_sum; congr (_ * _); apply: eq_expect => w.
  by rewrite -mulr_sumr null_projector_row.
apply: ler_sum => j _; apply: ler_wpmul2l (bB j).
by apply: sumr_ge0 => w _; apply: mulr_ge0 (weight_ge0 p0 p1 w) (mulr_ge0 (ler0n _ _) (sqr_ge0 _)).
Qed.

(* and that is at most B^2 times the probability that i is not identified *)
Theorem error_at_most_unidentified beta B (A : pred (design n d)) i :
  (forall f w, A (flip_design f w) = A w) -> (forall j, beta j ^+ 2 <= B ^+ 2) ->
  expect p (fun w => (A w)%:R * error beta w i 0 ^+ 2) <=
  B ^+ 2 * probability p (fun w => A w && ~~ is_identified w i).
Proof.
move=> invariant bB; apply: le_trans (error_at_most_diagonal i invariant bB) _.
apply: ler_wpmul2l (sqr_ge0 _) _ _ _; apply: expect_le => // w.
case: (A w); rewrite ?mul0r // mul1r /=.
have [h|_] := boolP (is_identified w i); last exact: null_projector_le1.
by rewrite null_projector_of_identified.
Qed.
End FlipIdentity.
